"""Scenarios 5 to 7: one device, several people."""

from tests.flow.erasing import derived_rows, differing, documents, run
from tests.scenarios.identity_world import Told, event, identify, told
from wegweiser.terms.identity_rules import IdentityRules
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.judgement import Judgement
from wegweiser.terms.record import Judged

A, U1, U2 = "anonymous_id:a", "user_id:u-1", "user_id:u-2"


async def two_on_one_device(site: Told) -> None:
    """Let the first own the device from its second day on, and the second log in on the sixth."""
    await site.public(event(-40, anonymousId="a"), event(0, anonymousId="a"))
    await site.public(identify(1, anonymousId="a", userId="u-1"))
    await site.public(identify(5, anonymousId="a", userId="u-2"), event(6, anonymousId="a"))


def test_05_a_kiosk_keeps_two_people_two() -> None:
    async def story(site: Told) -> None:
        await site.public(event(-40, anonymousId="a"), event(0, anonymousId="a"))
        await site.public(identify(1, anonymousId="a", userId="u-1"))
        first = site.id_of(U1)
        await site.public(identify(5, anonymousId="a", userId="u-2"), event(6, anonymousId="a"))
        assert site.apart(U1, U2)
        assert site.id_of(U1) == first
        # The view of the day before is the first owner's; the oldest and the last are nobody's.
        assert (site.views(U1), site.views(U2), site.views(A)) == (1, 0, 2)
        assert not site.of(A).known
        assert "Identifier Shared" in site.lineage()

    told(story)


def test_05_cutting_the_second_owner_makes_the_device_unshared() -> None:
    async def story(site: Told) -> None:
        await two_on_one_device(site)
        cut = Judgement(operation_id="op_1", kind="cut", at=0, by="ada", pairs=((A, U2),))
        await site.site.intake.append(Judged(judgement=cut))
        assert site.same(A, U1)
        assert site.views(U1) == 3

    told(story)


def test_05_nobody_keeps_anything_of_a_device_where_the_rules_say_so() -> None:
    async def story(site: Told) -> None:
        await two_on_one_device(site)
        await site.govern(IdentityRules(shared_devices="detach_all"))
        assert (site.views(A), site.of(U1).counters) == (3, {"Identified": 1})
        await site.govern(IdentityRules())
        assert (site.views(U1), site.views(A)) == (1, 2)

    told(story)


def test_06_a_user_switch_finds_who_exists() -> None:
    async def story(site: Told) -> None:
        await site.server(identify(0, userId="u-2", traits={"title": "Buyer"}))
        existing = site.id_of(U2)
        await two_on_one_device(site)
        assert site.id_of(U2) == existing
        assert site.of(U2).traits == {"title": "Buyer"}
        assert site.of(U2).counters == {"Identified": 2}

    told(story)


SESSIONS = IdentityRules(shared_devices="session_owner")


def in_session(day: float, session: object, **fields: Json) -> JsonObject:
    """Write a page view on the device in a session; with a user id, a login."""
    call = identify if "userId" in fields else event
    return call(day, **{"anonymousId": "a", "context": {"sessionId": session}, **fields})


async def kiosk(site: Told) -> None:
    """Let U1 and U2 log in on one device in a session each, and both in a third."""
    await site.govern(SESSIONS)
    await site.public(in_session(1, 11), in_session(1, 11, userId="u-1"))
    await site.public(in_session(5, 22), in_session(5, 22, userId="u-2"), in_session(5, 22))
    await site.public(in_session(6, 33, userId="u-1"), in_session(6, 33, userId="u-2"))
    await site.public(in_session(6, 33))


def test_07_a_session_is_of_the_one_who_logged_in_in_it() -> None:
    async def story(site: Told) -> None:
        await kiosk(site)
        assert site.apart(U1, U2)
        assert (site.views(U1), site.views(U2), site.views(A)) == (1, 2, 1)
        # Somebody looks around before and after them, and nobody logs in: only days can tell.
        await site.public(in_session(4, 44), in_session(7, "55"))
        assert (site.views(U1), site.views(U2), site.views(A)) == (2, 2, 2)
        # Who logs in later takes the session over.
        await site.public(in_session(7, "55", userId="u-2"))
        assert (site.views(U1), site.views(U2), site.views(A)) == (2, 3, 1)

    told(story)


def test_07_cut_and_undo_take_sessions_along() -> None:
    async def story(site: Told) -> None:
        await kiosk(site)
        before = site.views(U1), site.views(U2), site.views(A)
        cut = Judgement(operation_id="op_1", kind="cut", at=0, by="ada", pairs=((A, U2),))
        await site.site.intake.append(Judged(judgement=cut))
        assert (site.views(U1), site.id_of(U2)) == (4, None)
        undo = Judgement(operation_id="op_2", kind="undo", at=0, by="ada", undoes="op_1")
        await site.site.intake.append(Judged(judgement=undo))
        assert (site.views(U1), site.views(U2), site.views(A)) == before

    told(story)


def test_07_a_third_login_that_is_cut_gives_the_session_back() -> None:
    async def story(site: Told) -> None:
        await kiosk(site)
        await site.public(in_session(5, 22, userId="u-3"))
        assert (site.views(U1), site.views(U2), site.views(A)) == (1, 0, 3)
        cut = Judgement(
            operation_id="op_1", kind="cut", at=0, by="ada", pairs=((A, "user_id:u-3"),)
        )
        await site.site.intake.append(Judged(judgement=cut))
        assert (site.views(U1), site.views(U2), site.views(A)) == (1, 2, 1)
        # The two who were there together turn out to be one.
        alias = {"type": "alias", "previousId": "u-1", "userId": "u-2"}
        await site.public(in_session(6, 66), in_session(6, 66, userId="u-4"))
        await site.server(event(8, **alias))
        assert site.same(U1, U2)
        assert (site.views(U2), site.views(A), site.views("user_id:u-4")) == (4, 0, 1)

    told(story)


def test_07_counts_from_the_moment_on_when_it_is_switched_on() -> None:
    async def story(site: Told) -> None:
        await site.public(in_session(1, 11, userId="u-1"), in_session(5, 22, userId="u-2"))
        await site.public(in_session(5, 22))
        assert (site.views(U2), site.views(A)) == (0, 1)
        await site.govern(SESSIONS)
        await site.public(in_session(5, 22), in_session(5, 22, userId="u-2"))
        assert (site.views(U2), site.views(A)) == (1, 1)
        await site.govern(IdentityRules())
        assert (site.views(U2), site.views(A)) == (0, 2)
        await site.govern(SESSIONS)
        assert (site.views(U2), site.views(A)) == (1, 1)

    told(story)


def test_07_without_a_session_id_only_days_count() -> None:
    async def story(site: Told) -> None:
        await site.govern(SESSIONS)
        await two_on_one_device(site)
        assert (site.views(U1), site.views(U2), site.views(A)) == (1, 0, 2)

    told(story)


def test_07_erasing_one_of_them_takes_the_sessions_of_nobody_else() -> None:
    async def story(site: Told) -> None:
        await kiosk(site)
        await run(site.site, "forget", identifier=U2, confirm=True)
        assert site.id_of(U2) is None
        await site.site.intake.checkpoint()
        live, shown = derived_rows(site.site), documents(site.site)
        await site.site.rebuild()
        assert differing(live, derived_rows(site.site)) == []
        assert documents(site.site) == shown
        # Nobody but U1 is left on the device: the views of U2's session went with U2.
        assert site.same(A, U1)
        assert site.views(U1) == 2

    told(story)


def test_07_what_was_folded_is_read_again_after_a_rebuild() -> None:
    async def story(site: Told) -> None:
        await kiosk(site)
        await site.govern(IdentityRules())
        await site.public(in_session(5, 22))
        await site.govern(SESSIONS)
        await site.site.intake.checkpoint()
        before = site.views(U1), site.views(U2), site.views(A)
        live = derived_rows(site.site)
        await site.site.rebuild()
        assert differing(live, derived_rows(site.site)) == []
        assert (site.views(U1), site.views(U2), site.views(A)) == before == (1, 2, 2)

    told(story)


def test_07_a_session_opens_nothing_that_its_login_may_not() -> None:
    def says(granted: bool, **more: Json) -> JsonObject:
        return {"consent": {"categoryPreferences": {"measurement": granted}}, **more}

    async def story(site: Told) -> None:
        await site.govern(SESSIONS)
        await site.server(identify(0, userId="u-2", context=says(False)))
        await site.public(in_session(1, 11, userId="u-1"), in_session(5, 22, userId="u-2"))
        await site.public(event(6, anonymousId="a", context=says(True, sessionId=22)))
        assert site.views(U2) == 1
        # Nobody proved to be U2 there, so the grant does not count against a trusted denial.
        assert site.of(U2).consent["measurement"] == "denied"

    told(story)
