"""Scenarios 1 to 4 and 10 to 15: what joins people, and what only claims to."""

import msgspec

from tests.scenarios.identity_world import Told, event, identify, told
from tests.scenarios.mail_story import AGREED, LEADS_TO, Mailing, mailing
from wegweiser.profile.view import canonical
from wegweiser.terms.judgement import Judgement
from wegweiser.terms.record import Judged

EMAIL = "one@buyer.example"
A, A1, U1, U2, E = (
    "anonymous_id:a",
    "anonymous_id:a-1",
    "user_id:u-1",
    "user_id:u-2",
    f"email:{EMAIL}",
)


def test_01_a_visitor_who_identifies_keeps_id_and_views() -> None:
    async def story(site: Told) -> None:
        await site.public(*(event(day, anonymousId="a") for day in range(3)))
        visitor = site.id_of(A)
        login = identify(3, anonymousId="a", userId="u-1")
        await site.public(login)
        assert site.id_of(U1) == visitor
        assert site.views(U1) == 3
        path = site.site.unifier.directory.why(A, U1).path
        assert [item.message_id for item in path] == [login["messageId"]]

    told(story)


def test_02_a_proven_login_joins_and_the_older_id_stays() -> None:
    async def story(site: Told) -> None:
        secret = site.needs_proof()
        await site.public(identify(0, secret, anonymousId="a", userId="u-1"))
        await site.public(event(1, anonymousId="a-1"))
        older, younger = site.id_of(U1), site.id_of(A1)
        await site.public(identify(2, secret, anonymousId="a-1", userId="u-1"))
        assert older != younger
        assert site.id_of(A1) == older
        assert site.id_of(f"person_id:{younger}") == older
        assert "Identity Merged" in site.lineage()

    told(story)


def test_03_where_proof_is_asked_for_a_claim_changes_nobody() -> None:
    async def story(site: Told) -> None:
        site.needs_proof()
        await site.server(identify(0, userId="u-1", traits={"city": "Bonn"}))
        before = canonical(site.of(U1))
        await site.public(identify(1, anonymousId="a-1", userId="u-1", traits={"city": "Kiel"}))
        assert site.apart(A1, U1)
        assert site.reasons(A1, U1) == {"proof_required"}
        assert canonical(site.of(U1)) == before

    told(story)


def test_03_the_first_claimer_has_a_new_user_until_somebody_trusted_names_it() -> None:
    async def story(site: Told) -> None:
        site.needs_proof()
        await site.public(identify(1, anonymousId="a", userId="u-1"))
        await site.public(identify(2, anonymousId="a-1", userId="u-1"))
        assert site.same(A, U1)
        assert site.reasons(A1, U1) == {"proof_required"}
        await site.server(event(3, userId="u-1"))
        assert site.apart(A, U1)

    told(story)


def test_04_cutting_a_claim_takes_away_all_that_came_with_it() -> None:
    async def story(site: Told) -> None:
        await site.server(identify(0, userId="u-1", traits={"city": "Bonn"}))
        before = canonical(site.of(U1))
        await site.public(identify(1, anonymousId="a-1", userId="u-1", traits={"team": "red"}))
        await site.public(event(2, anonymousId="a-1", userId="u-1"), event(3, anonymousId="a-1"))
        assert site.of(U1).traits == {"city": "Bonn", "team": "red"}
        cut = Judgement(operation_id="op_1", kind="cut", at=0, by="ada", pairs=((A1, U1),))
        await site.site.intake.append(Judged(judgement=cut))
        assert canonical(site.of(U1)) == before
        assert site.views(A1) == 2
        undo = msgspec.structs.replace(cut, operation_id="op_2", kind="undo", undoes="op_1")
        await site.site.intake.append(Judged(judgement=undo))
        assert site.of(U1).traits == {"city": "Bonn", "team": "red"}

    told(story)


def test_10_a_typed_address_of_somebody_known_joins_after_a_signed_click() -> None:
    async def story(site: Mailing) -> None:
        await site.server(identify(0, userId="u-1", traits={"email": EMAIL}, context=AGREED))
        await site.public(identify(1, anonymousId="a", traits={"email": EMAIL}))
        assert site.apart(A, U1)
        assert site.reasons(A, E) == {"claim_on_known"}
        link = await site.write_to(U1)
        assert str(site.sent()[-1].parcel.data["subject"]).count(EMAIL) == 1
        answer = await site.follow(link, "a")
        assert (answer.status_code, answer.headers["location"]) == (302, LEADS_TO)
        assert site.same(A, U1, E)

    mailing(story)


def test_11_a_form_and_a_proven_login_on_one_device_are_one_person() -> None:
    async def story(site: Told) -> None:
        secret = site.needs_proof()
        await site.server(identify(0, anonymousId="a", traits={"email": EMAIL}))
        await site.public(identify(1, secret, anonymousId="a", userId="u-1"))
        assert site.same(A, E, U1)

    told(story)


def test_11_a_form_and_a_claimed_login_share_the_device_until_somebody_trusted_says_both() -> None:
    async def story(site: Told) -> None:
        await site.server(identify(0, anonymousId="a", traits={"email": EMAIL}))
        await site.public(identify(1, anonymousId="a", userId="u-1"))
        assert site.apart(E, U1)
        assert site.reasons(A, U1) == {"shared"}
        await site.server(identify(2, userId="u-1", traits={"email": EMAIL}))
        assert site.same(A, E, U1)

    told(story)


def test_12_two_visitors_who_type_one_address_are_one_visitor() -> None:
    async def story(site: Told) -> None:
        for device in ("a", "a-1"):
            await site.public(identify(0, anonymousId=device, traits={"email": EMAIL}))
        assert site.same(A, A1, E)
        profile = site.of(E)
        assert not profile.known
        status = {known.type: known.status for known in profile.identifiers}
        assert status["email"] == "unverified"

    told(story)


def test_13_a_public_alias_joins_nobody() -> None:
    async def story(site: Told) -> None:
        await site.server(event(0, userId="u-1"), event(0, userId="u-2"))
        await site.public(event(1, type="alias", anonymousId="a", userId="u-2", previousId="u-1"))
        assert site.apart(U1, U2)
        assert site.reasons(U1, U2) == {"alias_untrusted"}

    told(story)


def test_14_a_servers_alias_replaces_a_user_id() -> None:
    async def story(site: Told) -> None:
        await site.server(identify(0, userId="u-1", traits={"city": "Bonn", "team": "red"}))
        await site.server(identify(1, userId="u-2", traits={"city": "Kiel"}))
        await site.server(event(2, type="alias", userId="u-2", previousId="u-1"))
        assert site.same(U1, U2)
        assert site.of(U1).traits == {"city": "Kiel", "team": "red"}
        status = {known.value: known.status for known in site.of(U1).identifiers}
        assert status == {"u-1": "superseded", "u-2": "member"}
        assert "Identifier Superseded" in site.lineage()

    told(story)


def test_15_an_alias_to_an_id_that_nobody_saw_takes_nobody_over() -> None:
    async def story(site: Told) -> None:
        await site.server(event(0, userId="u-1"))
        before = site.id_of(U1)
        await site.public(
            event(1, type="alias", anonymousId="a", userId="unseen", previousId="u-1")
        )
        assert site.id_of(U1) == before
        assert site.reasons("user_id:unseen", U1) == {"alias_untrusted"}
        assert site.apart(A, U1)

    told(story)
