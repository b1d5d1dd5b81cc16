"""How is computed models: credit, media mix, allocation, watching, trends."""

from wegweiser.web.methods.told import (
    ASSUMES_ALL,
    ASSUMES_LOT,
    ASSUMES_MEDIA,
    ASSUMES_OBSERVED,
    ASSUMES_PAST,
    REFUSES_DAYS,
    REFUSES_NEVER,
    REFUSES_SPLIT,
    REFUSES_TESTS,
    REFUSES_WEEKS,
    Told,
)
from wegweiser.web.text import mark

MODELLED = {
    "credit": Told(
        mark("Goals split over the contacts before them by several rules; a split, not a cause."),
        ASSUMES_OBSERVED,
        REFUSES_SPLIT,
    ),
    "mix": Told(
        mark(
            "Weekly sums explained by spend with after-effect and saturation; what each channel "
            "brings comes with its interval."
        ),
        ASSUMES_MEDIA,
        REFUSES_WEEKS,
    ),
    "mix.curves": Told(
        mark("What more spend on a channel would bring, by the media mix."),
        ASSUMES_MEDIA,
        REFUSES_WEEKS,
    ),
    "allocate.budget": Told(
        mark(
            "Spends that maximise mean profit over draws of each response curve, each moved by at"
            " most a fifth."
        ),
        ASSUMES_LOT,
        REFUSES_TESTS,
    ),
    "allocate.effort": Told(
        mark(
            "Contacts by group, channel and message that bring most within hours and budget, from"
            " what tests have shown."
        ),
        ASSUMES_LOT,
        REFUSES_TESTS,
    ),
    "watch.alarms": Told(
        mark(
            "Series beside what their past lets expect; an alarm is rare by a stated bound per "
            "year."
        ),
        ASSUMES_PAST,
        REFUSES_DAYS,
    ),
    "watch.baseline": Told(
        mark("One series day by day beside what its past let expect, with the band of usual days."),
        ASSUMES_PAST,
        REFUSES_DAYS,
    ),
    "watch.changes": Told(
        mark("Days since which a series runs on another level, with how sure that is."),
        ASSUMES_PAST,
        REFUSES_DAYS,
    ),
    "trend.rising": Told(
        mark(
            "Words, topics and pages that are named more often, all looked at together, with a "
            "forecast."
        ),
        ASSUMES_PAST,
        REFUSES_DAYS,
    ),
    "trend.outside": Told(
        mark("Series from outside that rise, and whether own counts agree."),
        ASSUMES_PAST,
        REFUSES_DAYS,
    ),
    "maturity.report": Told(
        mark(
            "Lines of evidence from the data of the last 90 days, each held against its "
            "threshold; never a questionnaire."
        ),
        ASSUMES_ALL,
        REFUSES_NEVER,
    ),
}
