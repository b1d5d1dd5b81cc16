"""The demo's documents: readable by `apply`, complete in both languages."""

import msgspec
import pytest
import yaml

from tests.demo.engines import AnyMessage, played
from wegweiser.decide.document import read_documents
from wegweiser.demo.asking import CHANNELS
from wegweiser.demo.bundle import documents
from wegweiser.demo.messages import OFFERS
from wegweiser.demo.story import story
from wegweiser.demo.world import World
from wegweiser.terms.message import Message, Placement
from wegweiser.terms.policy import Arms, Cap


def test_apply_reads_every_document():
    objects = read_documents([("demo.yaml", documents())]).objects
    values = [each.value for each in objects]
    messages = {value.key for value in values if isinstance(value, Message)}
    assert messages == {offer.key for offer in OFFERS}
    placements = {v.key: v.channel for v in values if isinstance(v, Placement)}
    assert placements == CHANNELS
    assert [v.limit for v in values if isinstance(v, Cap)] == [4]
    assert [v.nothing for v in values if isinstance(v, Arms)] == [0.2]


def test_shares_of_arms_are_for_the_caller_to_choose():
    arms = [
        d for d in yaml.safe_load_all(documents(holdout=0.3, random=0.0)) if d["kind"] == "arms"
    ]
    assert [(each["nothing"], each["random"], each["unit"]) for each in arms] == [
        (0.3, 0.0, "account")
    ]


@pytest.mark.parametrize("channel", ["web", "app", "email", "sales"])
def test_every_channel_speaks_both_languages(channel):
    found: dict[str, set[str]] = {"de": set(), "en": set()}
    for document in yaml.safe_load_all(documents()):
        for variant in document.get("variants", []):
            if variant["channel"] == channel:
                found[variant["locale"]].add(variant["content"]["title"])
                assert variant["content"]["url"].startswith("https://www.nordlicht.example/")
    assert len(found["de"]) == len(found["en"]) > 3
    assert not found["de"] & found["en"]


def test_the_story_tells_the_truth_in_both_languages():
    world = World(seed=7, days=90, accounts=60)
    played(world, AnyMessage(1, lambda group_id: True))
    stops = story(world)
    assert [stop.key for stop in stops] == [
        "joined",
        "went_back",
        "why",
        "what_works",
        "early_trend",
    ]
    for stop in stops:
        assert stop.subjects
        assert stop.truth["en"].startswith("In truth")
        assert stop.truth["de"].startswith("In Wahrheit")
    account, person = stops[1].subjects
    journey = world.journeys[person.removeprefix("user_id:")]
    stages = [move.stage for move in journey]
    assert ["validate", "evaluate", "explore"] in [stages[i : i + 3] for i in range(len(stages))]
    assert account.removeprefix("group_id:") in {a.group_id for a in world.company.accounts}
    assert msgspec.json.encode(stops)
    # For half of the accounts, whatever came of it.
    assert [stop.planned_accounts for stop in stops] == [0, 0, 0, 30, 0]


def test_a_world_that_was_not_played_tells_what_it_knows():
    keys = [stop.key for stop in story(World(seed=7, days=30, accounts=5))]
    assert "why" not in keys
    assert "what_works" not in keys
    assert "early_trend" in keys
