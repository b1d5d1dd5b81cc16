"""What the demo world sends passes the real doors of the collector unrepaired."""

import msgspec
import pytest

from tests.demo.engines import AnyMessage, played, sends
from wegweiser.collect.ask import read_situation
from wegweiser.collect.element import Arrival, read_element
from wegweiser.collect.outcome import read_outcomes
from wegweiser.demo.acts import Question, Report
from wegweiser.demo.world import World
from wegweiser.resolve.normalise import normalise
from wegweiser.terms.event import Event
from wegweiser.terms.instant import parse_instant
from wegweiser.terms.outcome import Outcome


@pytest.fixture(scope="module")
def world() -> World:
    return World(seed=21, days=60, accounts=60)


@pytest.fixture(scope="module")
def acts(world):
    return played(world, AnyMessage(1, lambda group_id: True))


def test_every_element_is_stored_as_it_is_at_its_own_time(acts):
    for send in sends(acts):
        arrival = Arrival(
            call=None,
            received_at=send.at,
            public=not send.trusted,
            new_message_id=lambda: "never needed",
        )
        for element in send.elements:
            event = read_element(element, arrival, size=len(msgspec.json.encode(element)))
            assert isinstance(event, Event), event
            assert event.message_id == element["messageId"]
            assert event.at == parse_instant(element["timestamp"])
            assert not event.repairs
            assert not event.flags


def test_every_question_and_outcome_is_read(acts):
    for act in acts:
        if isinstance(act, Question):
            situation = read_situation(act.body)
            assert situation.subject.person.startswith("user_id:u-")
            assert situation.subject.account.startswith("group_id:")
        elif isinstance(act, Report):
            for outcome in read_outcomes(list(act.outcomes), act.at, "demo"):
                assert isinstance(outcome, Outcome), outcome
                assert outcome.at == act.at


def test_every_identifier_is_a_valid_one(world):
    for buyer in world.company.buyers:
        assert normalise("user_id", buyer.user_id) == buyer.user_id
        assert normalise("email", buyer.email) == buyer.email
        assert normalise("group_id", buyer.group_id) == buyer.group_id
        for device in buyer.devices:
            assert normalise("anonymous_id", device.anonymous_id) == device.anonymous_id
