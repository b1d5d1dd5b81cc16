"""A click in a mail of ours says who reads the mailbox, and nothing where it could be another."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.scenarios.identity_world import event, identify
from tests.scenarios.mail_story import AGREED, FIREFOX, LEADS_TO, Mailing, mailing
from tests.scenarios.undo_world import run
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.source import Trust

EMAIL = "one@buyer.example"
A, B, C = "anonymous_id:a", "anonymous_id:b", "anonymous_id:c"
U1, U2, E = "user_id:u-1", "user_id:u-2", f"email:{EMAIL}"


def with_mail(story: Callable[[Mailing, str], Awaitable[None]], link_days: int = 30) -> None:
    """Let u-1 be known by the address, a and c be visitors, b the device of u-2; send a mail."""

    async def whole(site: Mailing) -> None:
        await site.server(identify(0, traits={"email": EMAIL}, context=AGREED, userId="u-1"))
        await site.server(identify(0, userId="u-2", anonymousId="b"))
        await site.public(event(1, anonymousId="a"), event(1, anonymousId="c"))
        await story(site, await site.write_to(U1))

    mailing(whole, link_days)


def test_the_device_that_clicked_belongs_to_who_reads_the_mailbox() -> None:
    async def story(site: Mailing, link: str) -> None:
        for _ in range(2):
            answer = await site.follow(link, "a")
            assert answer.headers["location"] == LEADS_TO
        assert site.same(A, U1)
        (said,) = site.site.unifier.directory.why(A, E).path
        assert (said.trust, said.source_id) == (Trust.VERIFIED, source_of(site))
        assert site.of(U1).counters["Email Link Clicked"] == 1
        await site.site.intake.settle()
        told = site.site.unifier.outcomes.of_decision(decision_of(link))
        assert [one.kind for one in told].count("click") == 1

    with_mail(story)


def source_of(site: Mailing) -> str:
    source = site.site.callers.named("mail_link")
    assert source is not None
    return source.source_id


def decision_of(link: str) -> str:
    return link.partition("wgm_")[2].partition(".")[0]


@pytest.mark.parametrize(
    "headers",
    [
        {"cookie": "theme=dark"},
        {"cookie": "wgw_aid=a; wgw_aid=c"},
        {"cookie": "xwgw_aid=a"},
        {"cookie": "wgw_aid=a; __Host-wegweiser=signed-in"},
        {"sec_purpose": "prefetch;prerender"},
        {"purpose": "prefetch"},
        {"sec_fetch_mode": "no-cors", "sec_fetch_dest": "image"},
        {"sec_fetch_dest": "iframe"},
        {"user_agent": "Mozilla/5.0 (compatible; LinkScannerBot/2.0)"},
    ],
)
def test_what_nobody_clicked_on_with_a_device_that_we_know_says_nothing(
    headers: dict[str, str],
) -> None:
    async def story(site: Mailing, link: str) -> None:
        answer = await site.follow(link, "a", **headers)
        assert (answer.status_code, answer.headers["location"]) == (302, LEADS_TO)
        assert site.apart(A, U1)

    with_mail(story)


def test_who_only_looks_or_was_never_seen_says_nothing() -> None:
    async def story(site: Mailing, link: str) -> None:
        looked = await site.fetch("HEAD", link, {"cookie": "wgw_aid=a", "user-agent": FIREFOX})
        assert looked.status_code == 302
        await site.follow(link, "never-seen")
        assert site.site.callers.named("mail_link") is None

    with_mail(story)


def test_a_forged_foreign_or_old_link_says_nothing() -> None:
    async def story(site: Mailing, link: str) -> None:
        said, _, mac = link.rpartition(".")
        for forged in (f"{said}.{mac[::-1]}", link.replace(".0.", ".1."), f"{said}f.{mac}"):
            assert (await site.follow(forged, "a")).status_code == 401
        decision = site.site.unifier.decisions.get(decision_of(link))
        assert decision is not None
        # What an answer over HTTP holds is in the hands of whoever asked.
        asked = str(site.site.deciding.tracks.track(decision, 0).click_url).partition("?")[2]
        assert (await site.follow(asked.replace("wgt_", "wgm_"), "a")).status_code == 401
        assert (await site.follow(asked, "a")).status_code == 302
        site.later(30 * DAY_MS)
        assert (await site.follow(link, "a")).status_code == 302
        assert site.apart(A, U1)

    with_mail(story)


def test_a_mail_that_was_passed_on_joins_no_two_known_people() -> None:
    async def story(site: Mailing, link: str) -> None:
        await site.follow(link, "b")
        assert site.apart(B, U1)
        assert site.same(B, U2)
        # The reader's own click still counts, and after it nobody else's.
        await site.follow(link, "a")
        await site.follow(link, "c")
        assert site.same(A, U1)
        assert site.apart(C, U1)
        await site.follow(await site.write_to(U1), "c")
        assert site.same(C, U1)

    with_mail(story)


def test_a_device_that_several_people_use_is_nobodys_proof() -> None:
    async def story(site: Mailing, link: str) -> None:
        await site.server(identify(2, userId="u-3", anonymousId="b"))
        assert site.apart(B, U2)
        await site.follow(link, "b")
        assert site.site.callers.named("mail_link") is None

    with_mail(story)


def test_two_devices_at_once_are_not_both_the_readers() -> None:
    async def story(site: Mailing, link: str) -> None:
        await asyncio.gather(site.follow(link, "a"), site.follow(link, "c"))
        assert [site.apart(A, U1), site.apart(C, U1)].count(False) == 1

    with_mail(story)


@pytest.mark.parametrize("who", [{"anonymousId": "a"}, {"userId": "u-1"}])
def test_without_consent_to_measurement_nothing_is_said(who: dict[str, str]) -> None:
    async def story(site: Mailing, link: str) -> None:
        denied = {"consent": {"categoryPreferences": {"measurement": False}}}
        choice = {"type": "track", "event": "Segment Consent Preference Updated"}
        await site.server(event(2, **choice, **who, context=denied))
        await site.follow(link, "a")
        assert site.apart(A, U1)

    with_mail(story)


def test_of_who_was_erased_a_click_says_nothing() -> None:
    async def story(site: Mailing, link: str) -> None:
        await run(site.site, "forget", identifier=U1)
        assert (await site.follow(link, "a")).status_code == 401
        assert site.site.callers.named("mail_link") is None

    with_mail(story)


def test_a_mail_of_another_system_has_a_link_that_only_counts() -> None:
    async def story(site: Mailing, link: str) -> None:
        hook = """
{kind: endpoint, key: mail, channel: email, via: webhook,
 target: https://mails.example.com/in, secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}
"""
        await site.site.applier.apply([("hook.yaml", hook)])
        site.later(1_000)
        content = (await site.send_to(U1)).parcel.data["content"]
        assert isinstance(content, dict)
        query = str(content["text"]).partition("/v1/click?")[2]
        assert query.startswith("token=wgt_")
        assert (await site.follow(query, "a")).headers["location"] == LEADS_TO
        assert site.apart(A, U1)

    with_mail(story)


def test_a_preview_shows_where_the_link_leads() -> None:
    async def story(site: Mailing, link: str) -> None:
        told = await run(site.site, "message_standing", key="offer", person=U1)
        assert f"See {LEADS_TO}" in str(told["variants"])

    with_mail(story)


def test_it_can_be_switched_off() -> None:
    async def story(site: Mailing, link: str) -> None:
        assert (await site.follow(link, "a")).status_code == 302
        assert site.apart(A, U1)

    with_mail(story, link_days=0)
