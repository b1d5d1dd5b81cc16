"""The demo world: repeatable, well formed, and as untidy as it says it is."""

from hashlib import sha256

import msgspec
import pytest

from tests.demo.engines import AnyMessage, account_of, played, sends, silent
from wegweiser.demo.acts import Question, Report
from wegweiser.demo.company import CONSENT_SHARES
from wegweiser.demo.delivery import REPEATED_SHARE
from wegweiser.demo.world import World
from wegweiser.terms.event import CALL_TYPES
from wegweiser.terms.instant import HOUR_MS, parse_instant
from wegweiser.terms.json import JsonObject

SMALL = {"days": 60, "accounts": 120}


@pytest.fixture(scope="module")
def world() -> World:
    return World(seed=11, **SMALL)


@pytest.fixture(scope="module")
def acts(world):
    return played(world, AnyMessage(1, lambda group_id: True))


def _elements(acts) -> list[JsonObject]:
    return [element for send in sends(acts) for element in send.elements]


def _digest(acts) -> str:
    return sha256(msgspec.json.encode(acts)).hexdigest()


def test_one_seed_is_one_world():
    first, again, other = (
        _digest(played(World(seed, days=20, accounts=10), AnyMessage(1, lambda group_id: True)))
        for seed in (5, 5, 6)
    )
    assert first == again
    assert first != other


def test_playing_again_begins_anew():
    world = World(seed=5, days=20, accounts=10)
    assert _digest(played(world, silent)) == _digest(played(world, silent))


def test_acts_come_in_time_order_within_the_span(world, acts):
    moments = [act.at for act in acts]
    assert moments == sorted(moments)
    assert world.start <= moments[0]
    assert moments[-1] <= world.end


def test_elements_are_what_segment_clients_send(acts):
    needs = {"track": ["event"], "group": ["groupId"], "alias": ["previousId", "userId"]}
    for element in _elements(acts):
        assert element["type"] in CALL_TYPES
        assert 1 <= len(str(element["messageId"])) <= 100
        assert element.get("userId") or element.get("anonymousId")
        for field in needs.get(str(element["type"]), []):
            assert str(element[field]).strip()
        assert len(msgspec.json.encode(element)) < 32_768
    assert {element["type"] for element in _elements(acts)} == set(CALL_TYPES)


def test_times_lie_inside_the_span_and_before_the_sending(world, acts):
    for send in sends(acts):
        for element in send.elements:
            at, sent_at = parse_instant(element["timestamp"]), parse_instant(element["sentAt"])
            assert at is not None
            assert world.start <= at <= send.at
            assert sent_at == send.at


def test_only_reserved_domains_are_named(acts):
    text = msgspec.json.encode(_elements(acts)).decode()
    for part in text.split("https://")[1:] + text.split("@")[1:]:
        host = part.split('"')[0].split("/")[0]
        assert host.endswith(".example"), host


def test_what_the_company_states_comes_with_the_secret_key(acts):
    for send in sends(acts):
        for element in send.elements:
            trusted = element.get("event") in {
                "Demo Booked",
                "Deal Won",
                "Order Completed",
                "Sales Conversation Logged",
            }
            assert send.trusted or not trusted
            # Only the link in a mail is followed on somebody's browser.
            followed = element.get("event") == "Email Verified"
            assert not (send.trusted and "anonymousId" in element and not followed)
            assert send.trusted or not followed


def test_a_message_id_always_means_the_same_event(acts):
    known: dict[str, JsonObject] = {}
    for element in _elements(acts):
        bare = {key: value for key, value in element.items() if key != "sentAt"}
        assert known.setdefault(str(element["messageId"]), bare) == bare


def test_some_deliveries_are_repeated_and_some_are_late(acts):
    flushes: dict[str, int] = {}
    late = 0
    for send in sends(acts):
        if send.trusted:
            continue
        first = str(send.elements[0]["messageId"])
        flushes[first] = flushes.get(first, 0) + 1
        at = parse_instant(send.elements[-1]["timestamp"])
        assert at is not None
        late += flushes[first] == 1 and send.at - at > 2 * HOUR_MS
    repeated = sum(count > 1 for count in flushes.values()) / len(flushes)
    assert 0.6 * REPEATED_SHARE < repeated < 1.2 * REPEATED_SHARE
    assert 0.01 < late / len(flushes) < 0.06


def test_some_devices_are_shared_by_two_buyers_of_one_account_or_are_kiosks(world, acts):
    devices = [device for buyer in world.company.buyers for device in buyer.devices]
    kiosks = {device.anonymous_id for device in devices if device.kind == "kiosk"}
    assert kiosks
    owners: dict[str, set[str]] = {}
    for element in _elements(acts):
        if "userId" in element and "anonymousId" in element:
            owners.setdefault(str(element["anonymousId"]), set()).add(str(element["userId"]))
    shared = [
        sorted(users) for name, users in owners.items() if len(users) > 1 and name not in kiosks
    ]
    assert shared
    assert all(len(users) == 2 and users[0][:6] == users[1][:6] for users in shared)
    assert len(shared) < len(owners) / 20


def test_a_browser_that_is_handed_on_is_one_persons_at_a_time(world):
    uses = [(one, d) for one in world.company.buyers for d in one.devices if d.since or d.until]
    given = {d.anonymous_id: d.until for _, d in uses if d.until}
    taken = {d.anonymous_id: d.since for _, d in uses if d.since}
    assert given == taken
    assert given


def test_some_addresses_are_typed_wrongly(world, acts):
    right = {buyer.email for buyer in world.company.buyers}
    wrong = [buyer.mistypes for buyer in world.company.buyers if buyer.mistypes]
    assert 0.1 < len(wrong) / len(right) < 0.25
    assert any(email in right for email in wrong)
    assert any(email not in right for email in wrong)
    typed = [e["traits"].get("email") for e in _elements(acts) if e.get("traits")]
    assert any(email not in right for email in typed if email)


def test_many_visitors_never_say_who_they_are(world, acts):
    strangers = {buyer.devices[0].anonymous_id for buyer in world.company.strangers}
    theirs = [e for e in _elements(acts) if e.get("anonymousId") in strangers]
    assert theirs
    assert not any("userId" in element or "groupId" in element for element in theirs)


def test_consent_is_stated_first_and_in_the_declared_shares(world, acts):
    first: dict[str, JsonObject] = {}
    for element in sorted(_elements(acts), key=lambda element: str(element["timestamp"])):
        if "anonymousId" in element:
            first.setdefault(str(element["anonymousId"]), element)
    stated = 0
    for element in first.values():
        context = element["context"]
        assert isinstance(context, dict)
        consent = context.get("consent")
        if isinstance(consent, dict):
            stated += 1
    assert stated > 0.97 * len(first)  # a device may first be seen where a mail led to it
    people = world.company.buyers + world.company.strangers
    granting = sum(buyer.consent == "all" for buyer in people) / len(people)
    assert abs(granting - CONSENT_SHARES["all"]) < 0.05


def test_after_a_withdrawal_the_browser_is_silent(world, acts):
    gone = {buyer.user_id: buyer for buyer in world.company.buyers if buyer.withdraws_at}
    withdrawn: dict[str, str] = {}
    for element in sorted(_elements(acts), key=lambda each: str(each["timestamp"])):
        session = str(element["messageId"]).removeprefix("nl11-")
        owner = "-".join(session.split("-")[:3])
        if owner not in gone or "anonymousId" not in element:
            continue
        assert withdrawn.get(owner, session) == session  # the farewell may come twice
        if element.get("event") == "Segment Consent Preference Updated":
            withdrawn[owner] = session
    assert withdrawn


def test_questions_name_the_account_and_ask_once(acts):
    questions = [act for act in acts if isinstance(act, Question)]
    ids = [question.body["request_id"] for question in questions]
    assert len(ids) == len(set(ids))
    assert all(account_of(question) for question in questions)
    places = {str(question.body["channel"]) for question in questions}
    assert places == {"web", "app", "email", "sales"}


def test_outcomes_follow_their_decisions(world, acts):
    asked = {f"dec-{a.body['request_id']}": a.at for a in acts if isinstance(a, Question)}
    told: set[str] = set()
    for report in (act for act in acts if isinstance(act, Report)):
        for outcome in report.outcomes:
            at = parse_instant(outcome["at"])
            assert at is not None
            assert asked[str(outcome["decision_id"])] < at == report.at
            assert outcome["outcome_id"] not in told
            told.add(str(outcome["outcome_id"]))
            if outcome["kind"] == "click":
                assert f"{outcome['decision_id']}-0-seen" in told
    clicked = sum(shown.clicked for shown in world.run.shown)
    assert clicked == sum(outcome.endswith("-click") for outcome in told) > 50


def test_a_won_deal_is_an_order_with_revenue(acts):
    def amounts(name: str, field: str) -> dict[str, object]:
        found: dict[str, object] = {}
        for element in _elements(acts):
            properties = element.get("properties")
            if element.get("event") == name and isinstance(properties, dict):
                found[str(properties["order_id"])] = properties[field]
        return found

    won, ordered = amounts("Deal Won", "amount"), amounts("Order Completed", "revenue")
    assert won == ordered
    assert won
    assert all(isinstance(amount, float) and amount > 0 for amount in won.values())


def test_a_small_world_is_small(acts):
    assert 8_000 < len(_elements(acts)) < 20_000


def test_accounts_have_buying_groups_in_roles(world):
    for account in world.company.accounts:
        group = [buyer for buyer in world.company.buyers if buyer.account == account]
        assert 2 <= len(group) <= 6
        assert len({buyer.role for buyer in group}) == min(5, len(group))
        assert all(1 <= len(buyer.devices) <= 3 for buyer in group)
        assert len({buyer.email for buyer in group}) == len(group)
