"""What of the possible lift over random each way of choosing reaches, and what it misses."""

import msgspec
import numpy as np

from tests.truth.choosers import BetaThompson, Engine, LogisticPerMessage, run
from tests.truth.engine_world import MESSAGES, Moment, Numbers, Stretch, stretch_of
from wegweiser.demo.catalogue import catalogue
from wegweiser.demo.company import TOPICS_OF_ROLE
from wegweiser.demo.response import click_of
from wegweiser.terms.journey import STAGES

ENGINE, BETA, ALONE, RANDOM = "engine", "beta_thompson", "logistic_per_message", "random"
POINTS = 40
# How often buyers with this much interest in a topic truly have it: counted once in world 1.
_BORDERS = (0.1, 0.3, 0.5, 0.7, 0.9)
_TRULY = (0.03, 0.04, 0.08, 0.18, 0.52, 0.92)


class Shares(msgspec.Struct, frozen=True):
    """One world: shares in the last quarter by name, mean regret per decision along the run.

    `knowable` is the share of somebody who knows every true weight and what each role cares for,
    but of a buyer only what the profile says.
    """

    seed: int
    moments: int
    last_quarter: dict[str, float]
    knowable: float
    regret: dict[str, list[float]]


def shares_of(seed: int, days: int = 180, accounts: int = 160) -> Shares:
    """Play one world and let all four choose at the same moments, with the same luck."""
    return judged(seed, stretch_of(seed, days, accounts))


def judged(seed: int, stretch: Stretch) -> Shares:
    """Let all four choose at the moments of a stretch."""
    chances = np.array([moment.chances for moment in stretch.moments])
    best, mean = chances.max(axis=1), chances.mean(axis=1)
    draws = np.random.default_rng(seed).integers(0, chances.shape[1], len(chances))
    found: dict[str, Numbers] = {
        ENGINE: run(stretch, Engine(stretch)),
        BETA: run(stretch, BetaThompson(seed, chances.shape[1])),
        ALONE: run(stretch, LogisticPerMessage(seed, stretch)),
        RANDOM: chances[np.arange(len(chances)), draws],
    }
    last = slice(3 * len(best) // 4, None)

    def share(reached: Numbers) -> float:
        return float((reached - mean)[last].sum() / (best - mean)[last].sum())

    return Shares(
        seed,
        len(best),
        {name: share(reached) for name, reached in found.items()},
        share(knowable(seed, stretch)),
        {name: _regret(best - reached) for name, reached in found.items()},
    )


def _regret(missed: Numbers) -> list[float]:
    """Give clicks missed up to each of forty points of the run."""
    total = np.concatenate([[0.0], missed.cumsum()])
    places = np.linspace(0, len(missed), POINTS + 1).round().astype(int)
    return [round(float(total[place]), 3) for place in places]


def knowable(seed: int, stretch: Stretch) -> Numbers:
    """Give the true chances of a chooser with all true weights and the profile's knowledge."""
    offers = catalogue(seed, MESSAGES)
    without = np.array([[click_of(offer, one, ()) for one in STAGES] for offer in offers])
    with_it = np.array(
        [[click_of(offer, one, (offer.topic,)) for one in STAGES] for offer in offers]
    )
    topics = [offer.topic for offer in offers]
    return np.array(
        [one.chances[_expected(one, topics, without, with_it).argmax()] for one in stretch.moments]
    )


def _expected(moment: Moment, topics: list[str], without: Numbers, with_it: Numbers) -> Numbers:
    told = moment.facts.person.get("stage")
    beliefs = told if isinstance(told, dict) else dict.fromkeys(STAGES, 1 / len(STAGES))
    belief = np.array([float(str(beliefs.get(name, 0.0))) for name in STAGES])
    truly = _truly(moment, topics)
    expected: Numbers = (without @ belief) * (1 - truly) + (with_it @ belief) * truly
    return expected


def _truly(moment: Moment, topics: list[str]) -> Numbers:
    """Give how likely each topic is a true interest: known by the role, guessed without one."""
    traits = moment.facts.person.get("traits")
    told = traits.get("role") if isinstance(traits, dict) else None
    role = moment.facts.role or told
    if role in TOPICS_OF_ROLE:
        return np.array([float(topic in TOPICS_OF_ROLE[role]) for topic in topics])
    interests = moment.facts.interests()
    places = np.searchsorted(_BORDERS, [interests.get(topic, 0.0) for topic in topics], "right")
    guessed: Numbers = np.array(_TRULY)[places]
    return guessed


def often(stretch: Stretch, times: int, seed: int) -> Stretch:
    """Ask at every moment several times, with new luck: a short world with enough to learn."""
    luck = np.random.default_rng(seed)
    moments = [
        msgspec.structs.replace(
            moment,
            luck=(float(luck.random()), float(luck.random())),
            situation=msgspec.structs.replace(
                moment.situation, request_id=f"{moment.situation.request_id}-{number}"
            ),
        )
        for moment in stretch.moments
        for number in range(times)
    ]
    return msgspec.structs.replace(stretch, moments=moments)
