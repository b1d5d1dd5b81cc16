"""One line of evidence: what it looks at, when it is in place, and the way there."""

from collections.abc import Callable
from typing import Literal

import msgspec

from wegweiser.measure.maturity.evidence import Evidence
from wegweiser.measure.words import Sentence

Unit = Literal["share", "count", "error"]
State = Literal["in_place", "missing", "not_yet_visible", "not_needed"]
STAGES: dict[int, Sentence] = {
    1: {"en": "Web data", "de": "Webdaten"},
    2: {"en": "Revenue joined", "de": "Umsatz verbunden"},
    3: {"en": "Measured success", "de": "Gemessener Erfolg"},
    4: {"en": "Market mastered", "de": "Markt beherrscht"},
    5: {"en": "Watching", "de": "Beobachten"},
}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of evidence.

    `read` gives its figure, None where nothing is known of it. It is in place from `threshold` on,
    or, for an error, up to it. `source` names where the figure comes from, `page` where it is
    mended. `step` is the next step, `enables` what it makes possible; `worth` and `effort` go from
    1 to 3. `needed` tells whether the line matters to this organisation at all.
    """

    key: str
    stage: int
    label: Sentence
    threshold: float
    unit: Unit = "share"
    source: str
    page: str
    step: Sentence
    enables: Sentence
    worth: int
    effort: int
    read: Callable[[Evidence], float | None]
    needed: Callable[[Evidence], bool] = lambda evidence: True

    def state(self, evidence: Evidence) -> State:
        """Judge the line by its evidence."""
        if not self.needed(evidence):
            return "not_needed"
        figure = self.read(evidence)
        if figure is None:
            return "not_yet_visible"
        good = figure <= self.threshold if self.unit == "error" else figure >= self.threshold
        return "in_place" if good else "missing"
