"""Frequency caps: rolling windows over one ledger for all channels."""

from hypothesis import given
from hypothesis import strategies as st

from tests.decide.world import DAY, HOUR, NOW, ask, message, person, policy
from wegweiser.decide.block import Block
from wegweiser.decide.contact import blocks, rows_of
from wegweiser.profile.reading import joined_contacts
from wegweiser.terms.decision import Ask
from wegweiser.terms.message import Placement
from wegweiser.terms.policy import Cap
from wegweiser.terms.profile import Contact

TWO_A_WEEK = Cap("two-a-week", limit=2, window_hours=168)


def used_up(cap: Cap, channel: str, entries: list[Contact], at: int) -> list[Block]:
    """What a cap of persons keeps back."""
    unique = joined_contacts(entries)
    return list(blocks([cap], channel, {"person": [("", rows_of(unique, at))]}, at))


@given(
    tries=st.lists(st.integers(0, 30 * 24), min_size=1, max_size=80),
    limit=st.integers(1, 4),
    window_hours=st.integers(1, 200),
)
def test_no_rolling_window_ever_holds_more_than_the_limit(
    tries: list[int], limit: int, window_hours: int
) -> None:
    cap = Cap("c", limit=limit, window_hours=window_hours)
    ledger: list[Contact] = []
    for place, hour in enumerate(sorted(tries)):
        if not used_up(cap, "web", ledger, hour * HOUR):
            ledger.append(Contact(hour * HOUR, str(place), "web", "m"))
    window = window_hours * HOUR
    for contact in ledger:
        inside = [one for one in ledger if contact.at - window < one.at <= contact.at]
        assert len(inside) <= limit


@given(
    ages=st.lists(st.integers(0, 400), min_size=1, max_size=20, unique=True),
    limit=st.integers(1, 4),
)
def test_a_block_ends_exactly_when_it_says(ages: list[int], limit: int) -> None:
    cap = Cap("c", limit=limit, window_hours=100)
    ledger = [Contact(NOW - age * HOUR, str(age), "web", "m") for age in ages]
    for block in used_up(cap, "web", ledger, NOW):
        assert block.until is not None
        assert block.until > NOW
        assert used_up(cap, "web", ledger, block.until - 1)
        assert not used_up(cap, "web", ledger, block.until)


def test_seconds_around_midnight_are_no_new_week() -> None:
    midnight = NOW // DAY * DAY
    ledger: list[Contact] = []
    for second in range(-600, 600):
        at = midnight + second * 1000
        if not used_up(TWO_A_WEEK, "web", ledger, at):
            ledger.append(Contact(at, str(second), "web", "m"))
    assert len(ledger) == 2


def test_one_ledger_counts_all_channels_and_each_entry_once() -> None:
    mail = Contact(NOW - 1, "e1", "email", "a")
    web = Contact(NOW - 2, "e2", "web", "b")
    assert not used_up(TWO_A_WEEK, "web", [mail, mail], NOW)
    assert used_up(TWO_A_WEEK, "web", [mail, web], NOW)
    only_mail = Cap("mail", limit=1, window_hours=24, channels=("email",))
    assert used_up(only_mail, "email", [mail], NOW)
    assert not used_up(only_mail, "web", [mail], NOW)
    assert not used_up(only_mail, "email", [web], NOW)


def test_a_capped_person_gets_nothing_and_the_reason_has_an_end() -> None:
    rules = policy(message("a"), message("b"), caps=(TWO_A_WEEK,))
    contacts = [Contact(NOW - 5 * DAY, "1", "email", "x"), Contact(NOW - DAY, "2", "web", "x")]
    found = ask(rules, person(contacts=contacts))
    assert (found.status, found.items, found.draws) == ("nothing", (), ())
    (drop,) = found.drops
    assert (drop.step, drop.reason, drop.until) == ("contact", "cap:two-a-week", NOW + 2 * DAY)


def test_a_push_that_only_time_holds_back_is_deferred() -> None:
    rules = policy(message("a", channel="email"), caps=(Cap("c", limit=1, window_hours=24),))
    contacts = [Contact(NOW - HOUR, "1", "web", "x")]
    found = ask(rules, person(contacts=contacts), placements=(Ask("newsletter"),))
    assert found.status == "deferred"


def test_the_account_scope_counts_colleagues() -> None:
    cap = Cap("account", limit=1, window_hours=24, scope="account")
    rules = policy(message("a"), caps=(cap,))
    colleague = [Contact(NOW - HOUR, "1", "email", "x")]
    assert ask(rules, person(account_contacts=colleague, group_id="example")).status == "nothing"
    assert ask(rules, person(account_contacts=colleague)).status == "decided"


def test_a_cap_per_message_leaves_the_others() -> None:
    cap = Cap("same", limit=1, window_hours=24, per_message=True)
    always = Placement("home.hero", "web", allow_nothing=False)
    rules = policy(message("a"), message("b"), caps=(cap,), placements=(always,))
    facts = person(contacts=[Contact(NOW - HOUR, "1", "web", "a")])
    chosen = {ask(rules, facts, f"r{number}").items[0].message for number in range(30)}
    assert chosen == {"b"}


def test_service_messages_are_exempt_from_caps() -> None:
    rules = policy(message("a"), message("s", service=True), caps=(Cap("c", 0, 24),))
    assert ask(rules).items[0].message == "s"


def test_a_slate_does_not_pass_the_cap_either() -> None:
    wide = Placement("list", "web", slots=4, allow_nothing=False)
    messages = [message(key) for key in "abcde"]
    rules = policy(*messages, placements=(wide,), caps=(TWO_A_WEEK,))
    found = ask(rules, placements=(Ask("list", 4),))
    assert len(found.items) == 2
    assert len({item.message for item in found.items}) == 2
