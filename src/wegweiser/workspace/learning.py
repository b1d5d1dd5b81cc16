"""Learning, put together for the doors: labels in slices, nightly work, models of one's own."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import TYPE_CHECKING

from wegweiser import __version__
from wegweiser.adapters.boosted_trees import BoostedTrees
from wegweiser.flow.clockwork import Job
from wegweiser.flow.train import Trainer
from wegweiser.learn.increment import FEWEST_POSITIVES, increment
from wegweiser.learn.label import Example
from wegweiser.ports.response_model import FittedModel, LearningModel, Model
from wegweiser.terms.errors import NotFound
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import JsonObject
from wegweiser.terms.model import Head, Increment, Snapshot
from wegweiser.terms.prior import ENGAGE, NOTHING_HEAD
from wegweiser.terms.result import Answer

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

# The nightly work looks this often whether a new day has begun.
NIGHTLY_SECONDS = 600.0
_DIFFERENCE = "lift.difference"


class LearningRoom:
    """`trainer` learns; models that data scientists register are told of the same labels."""

    def __init__(self, site: "Site"):
        self._site = site
        self.trainer = Trainer(site.unifier, site.engines.store, site.clock, __version__)
        self.trainer.told = self._tell
        self._night = 0
        for name, model in found_models().items():
            self.register(name, model)

    @property
    def jobs(self) -> list[Job]:
        """What runs again and again."""
        return [
            Job("learn", self._site.settings.learn_seconds, self.learn),
            Job("models", NIGHTLY_SECONDS, self.nightly),
        ]

    async def learn(self) -> None:
        """Learn from every label whose window has closed, a slice at a time."""
        await self._site.intake.checkpoint()
        while self.trainer.learn_slice():
            await asyncio.sleep(0)

    def _tell(self, example: Example) -> None:
        if example.head != ENGAGE:
            return
        for model in self._models.values():
            if isinstance(model, LearningModel):
                model.learn(example.weights, example.responded)

    @property
    def _models(self) -> dict[str, Model]:
        return self._site.unifier.policies.stand_ins.models

    def register(self, name: str, model: object) -> None:
        """Register a model under a name; raises InputRefused for one without probabilities."""
        self._site.unifier.policies.stand_ins.put(name, model)

    async def take_in(self, name: str, model: object) -> None:
        """Register a model and teach it what was learned so far."""
        self.register(name, model)
        await self._site.intake.checkpoint()
        self.teach(name)

    def open(self) -> None:
        """Begin to learn; models that want labels are told of all that there were."""
        self.trainer.open()
        self.teach(*self._models)

    def teach(self, *names: str) -> None:
        """Tell models of every label so far, in the order of learning."""
        pupils = [one for name in names if isinstance(one := self._models[name], LearningModel)]
        for example in self.trainer.past() if pupils else ():
            if example.head == ENGAGE:
                for pupil in pupils:
                    pupil.learn(example.weights, example.responded)

    def promote(self, name: str) -> Snapshot:
        """Let a model decide for everybody; raises NotFound for one that is not registered."""
        snapshot = self.trainer.snapshot
        wanted = "" if name == "shared" else name
        if wanted and self._site.unifier.policies.stand_ins.named(wanted, snapshot) is None:
            raise NotFound(f"There is no model {name[:100]!r} in this process; register it first.")
        self.trainer.promote(wanted)
        return self.trainer.snapshot

    async def nightly(self) -> None:
        """Once a UTC day: thin out old snapshots, and measure what messages cause."""
        today = self._site.clock.now_ms() // DAY_MS
        if today == self._night:
            return
        self.trainer.book.thin(self._site.clock.now_ms())
        found = [(goal, await self._increment(goal)) for goal in self._measurable()]
        self.trainer.measured((goal, one) for goal, one in found if one is not None)
        for model in list(self._models.values()):
            if isinstance(model, FittedModel):
                await asyncio.to_thread(model.fit)
        self._night = today

    def _measurable(self) -> list[str]:
        heads = self.trainer.snapshot.heads
        return [
            goal
            for goal in self._site.unifier.policy.goals
            if heads.get(f"{NOTHING_HEAD}{goal}", Head()).positives >= FEWEST_POSITIVES
            and goal in self.trainer.snapshot.foretold
        ]

    async def _increment(self, goal: str) -> Increment | None:
        days = self._site.unifier.policy.goals[goal].window_days
        options = {"goal": goal, "window_days": str(days)}
        answer = await self._site.measure("lift", options)
        return increment_from(answer, self.trainer.snapshot.foretold[goal].increment)

    async def retrain(
        self, adopt: bool, step: Callable[[int], Awaitable[None]] | None = None
    ) -> tuple[Snapshot, bool]:
        """Learn everything once more from the log; tells whether the same came out.

        With `adopt` what came out decides from here on. `step` is told now and then how many
        slices of the log were read.
        """
        await self.learn()
        before = self.trainer.snapshot
        found = before
        for number, learned in enumerate(self.trainer.retrained()):
            if learned is not None:
                found = learned
            elif number % 10 == 0:
                await (asyncio.sleep(0) if step is None else step(number))
        same = found.digest == before.digest
        if adopt and not same:
            self.trainer.restart(found)
        return found, same


def found_models() -> dict[str, object]:
    """Find the models that installed packages offer as entry points, and our own extra.

    An entry point of the group `wegweiser.models` names what makes a model when it is called.
    """
    found: dict[str, object] = {
        point.name: point.load()() for point in entry_points(group="wegweiser.models")
    }
    if find_spec("lightgbm") is not None:
        found["trees"] = BoostedTrees()
    return found


def increment_from(answer: Answer, foretold: float) -> Increment | None:
    """Read a measured lift and hold it against the sum of what was foretold for its main arm.

    What is learned weighs the lift by its standard error, and never stops a test: no interval is
    read, but the means of both arms, as soon as the measure tells any lift at all.
    """
    told = any(one.name == _DIFFERENCE and one.estimate is not None for one in answer.results)
    rows = {row["arm"]: row for row in answer.table()} if told else {}
    found = [_arm(rows[name]) for name in ("main", "nothing") if name in rows]
    if len(found) < 2:
        return None
    (units, mean, error), (others, rest, other_error) = found
    if not units or not others:
        return None
    return increment(mean - rest, math.hypot(error, other_error), foretold / units)


def _arm(row: JsonObject) -> tuple[float, float, float]:
    """Read units, mean and standard error of an arm; 0 units where one of them is not known."""
    units, mean, error = (row.get(name) for name in ("units", "mean", "standard_error"))
    known = [one for one in (units, mean, error) if isinstance(one, int | float)]
    return (known[0], known[1], known[2]) if len(known) == 3 else (0.0, 0.0, 0.0)
