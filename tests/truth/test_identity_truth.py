"""Who is who in the demo company, against the truth that only a simulated company has."""

import asyncio
from collections import Counter

import msgspec
import pytest

from tests.truth.identity import Figure, measured
from tests.truth.worlds import sends_of, told
from wegweiser.demo.truth import owners
from wegweiser.demo.world import World
from wegweiser.terms.json import JsonObject

PRECISION, RECALL = 0.999, 0.98


def hard_cases(world: World, sent: list[JsonObject]) -> Counter[str]:
    """Count what makes it hard: shared browsers by kind, several browsers, wrong addresses."""
    people = owners(world)
    several = {name for name, found in people.items() if len(found) > 1}
    own: dict[str, int] = {}
    for name, found in people.items():
        if name.startswith("anonymous_id:") and len(found) == 1:
            own[next(iter(found))] = own.get(next(iter(found)), 0) + 1
    used = {f"anonymous_id:{d.anonymous_id}": d for b in world.company.buyers for d in b.devices}
    handed_on = {name for name, device in used.items() if device.since or device.until}
    wrong = {buyer.mistypes for buyer in world.company.buyers if buyer.mistypes}
    typed = [_traits(one).get("email") for one in sent if "userId" not in one]
    cases = {
        "persons with several browsers": sum(number > 1 for number in own.values()),
        "browsers on which several people said who they are": len(several),
        "of those kiosks": sum(used[name].kind == "kiosk" for name in several & used.keys()),
        "of those handed on": len(several & handed_on),
        "wrong addresses typed": sum(email in wrong for email in typed),
    }
    return Counter(cases)


def _traits(element: JsonObject) -> JsonObject:
    traits = element.get("traits")
    return traits if isinstance(traits, dict) else {}


class Found(msgspec.Struct, frozen=True):
    """What was joined in some worlds, and how hard that was."""

    precision: Figure = Figure(0, 0)
    recall: Figure = Figure(0, 0)
    hard: Counter[str] = Counter()

    def __add__(self, other: "Found") -> "Found":
        return Found(
            self.precision + other.precision, self.recall + other.recall, self.hard + other.hard
        )

    def __str__(self) -> str:
        return f"precision {self.precision}, recall {self.recall}; {dict(self.hard)}"


async def joined(seed: int, days: int, accounts: int) -> Found:
    """Tell a world's events to the collect API; measure what was joined against the truth."""
    world = World(seed, days=days, accounts=accounts)
    sends = sends_of(world)
    sent = [element for send in sends for element in send.elements]
    async with told(world, sends) as site:
        precision, recall = measured(sent, owners(world), site.unifier.directory.find)
    found = Found(precision, recall, hard_cases(world, sent))
    print(f"world {seed}: {found}")
    return found


def assert_good(found: Found) -> None:
    """Hold both figures against what is promised."""
    print(f"who is who: {found}")
    assert len(found.hard) == 5, "a tidy world proves nothing"
    assert found.precision.share >= PRECISION
    assert found.recall.share >= RECALL


def test_who_is_who_is_right_in_a_small_untidy_world() -> None:
    assert_good(asyncio.run(joined(7, days=90, accounts=26)))


@pytest.mark.sweep
def test_who_is_who_is_right_in_three_whole_demo_companies() -> None:
    worlds = [asyncio.run(joined(seed, days=180, accounts=160)) for seed in (1, 2, 3)]
    assert_good(sum(worlds, Found()))
