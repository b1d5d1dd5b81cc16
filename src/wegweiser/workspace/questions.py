"""What a site is asked to measure: over everything acknowledged before, with what is known here."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import structs

from wegweiser.flow.answer_wish import FileWish
from wegweiser.flow.money_book import OF_MONEY
from wegweiser.flow.planned_options import planned_options
from wegweiser.flow.reading_book import ReadingBook
from wegweiser.terms.goal_titles import titles_option
from wegweiser.terms.result import Answer

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site


class Questions:
    """Turns a measure with its options into a wish that the worker answers."""

    def __init__(self, site: "Site"):
        self._site = site
        self._readings = ReadingBook(site.engines.store)

    async def answer(self, name: str, options: Mapping[str, str]) -> Answer:
        """Answer one measure over everything acknowledged before this call."""
        wish = await self.wish(name, options)
        analyst = self._site.analyst
        answer = await analyst.measure(name, wish.options, wish.as_of, wish.upto)
        return structs.replace(answer, fresh_until=wish.fresh_until)

    async def wish(
        self, name: str, options: Mapping[str, str], form: str = "", language: str = "en"
    ) -> FileWish:
        """Say what is asked of the worker, over everything acknowledged before this call."""
        site = self._site
        fresh_until = site.clock.now_ms()
        upto = await site.intake.settle()
        now = site.clock.now_ms()
        self._readings.note(name, now)
        money = {"currency": site.settings.currency} if name in OF_MONEY else {}
        titles = titles_option(site.unifier.policies.bundle.goals)
        given = {**titles, **self._planned(name, options, now), **money, **options}
        return FileWish(name, given, now, upto, fresh_until, form, language)

    def _planned(self, name: str, options: Mapping[str, str], now: int) -> dict[str, str]:
        """Give the shares and the epoch of the arms to the measures that look at arms."""
        if name == "maturity.report":
            name = "experiment.split_check"  # which it asks in turn
        unifier = self._site.unifier
        if not unifier.position:
            return {}
        return planned_options(
            self._site.engines.store, unifier.policies.bundle, name, options, now
        )
