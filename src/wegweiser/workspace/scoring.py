"""Scores put together: declared, learned in the worker, served in views, checked every night."""

import asyncio
from typing import TYPE_CHECKING

from wegweiser.decide.document import Documents
from wegweiser.flow.clockwork import Job
from wegweiser.flow.mappings import Put
from wegweiser.flow.score_serving import Scores
from wegweiser.flow.score_subjects import may_be_scored
from wegweiser.flow.score_wish import ScoreWish
from wegweiser.flow.scores import ScoreBook
from wegweiser.terms.errors import NotFound
from wegweiser.terms.instant import day_of
from wegweiser.terms.score import ScoreCheck, ScoreDeclared
from wegweiser.terms.wrong import wrong

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

SCORE_SECONDS = 900.0
# A model is learned anew after so many days, or at once when people have changed.
RENEWED_AFTER_DAYS = 7
PERSONS_PER_SLICE = 50


class ScoreRoom:
    """`book` holds what is declared and learned, `scores` reads it for profiles."""

    def __init__(self, site: "Site"):
        self._site = site
        self.book = ScoreBook(site.engines.store)
        self.scores = Scores(self.book, site.views, site.unifier.directory, site.clock.now_ms)
        self._training = asyncio.Lock()
        site.knowing.insights.scores = self.scores

    @property
    def jobs(self) -> list[Job]:
        """What runs again and again: each score is looked at once a UTC day."""
        return [Job("scores", SCORE_SECONDS, self.run_due)]

    def check(self, documents: Documents) -> None:
        """Raise DocumentRefused for the first fault, before anything is kept."""
        self.book.check(documents, self._site.unifier.policy.goals)

    def put(self, documents: Documents) -> Put:
        """Keep what was checked; profiles are read anew."""
        kept = self.book.put(documents)
        if kept.created or kept.changed:
            self._read_anew()
        return kept

    async def run_due(self) -> None:
        """Look at every score that nobody looked at on the present UTC day."""
        today = day_of(self._site.clock.now_ms())
        due = [
            key
            for key in self.book.declared
            if key not in self.book.checks or self.book.checks[key].checked_on < today
        ]
        for key in due:
            model = self.book.newest(key)
            old = model is None or today - model.trained_on >= RENEWED_AFTER_DAYS
            await self.train(key, renew=old or key not in self.book.readers)

    async def train(self, key: str, renew: bool = True) -> ScoreCheck:
        """Learn a score now, or only look at its drift; raises NotFound."""
        declared = self.book.declared.get(key)
        if declared is None:
            raise NotFound(wrong("score_undeclared", key=repr(key)))
        async with self._training:
            site = self._site
            reader = self.book.readers.get(key)
            wish = ScoreWish(
                declared=declared,
                window_days=self.window_of(declared),
                as_of=site.clock.now_ms(),
                upto=await site.intake.checkpoint(),
                denied=await self._denied(),
                standing=None if reader is None else reader.model,
                renew=renew,
            )
            if self.book.publish(await site.analyst.train_score(wish)) is not None:
                self._read_anew()
        return self.book.checks[key]

    def window_of(self, declared: ScoreDeclared) -> int:
        """Give the days that a score looks ahead: its own, or those of its goal."""
        goal = self._site.unifier.policy.goals.get(declared.goal)
        return declared.days or (30 if goal is None else goal.window_days)

    async def _denied(self) -> frozenset[str]:
        """Give all persons who refuse profiling, letting requests in between."""
        site, now = self._site, self._site.clock.now_ms()
        directory = site.unifier.directory
        found: set[str] = set()
        for number, name in enumerate(sorted(directory.persons()), 1):
            alive = directory.find(f"person_id:{name}") == name
            if alive and not may_be_scored(site.views, directory, name, now):
                found.add(name)
            if number % PERSONS_PER_SLICE == 0:
                await asyncio.sleep(0)
        return frozenset(found)

    def _read_anew(self) -> None:
        self._site.views.forget_views()
        self._site.views.segments.everything_changed("publish")
