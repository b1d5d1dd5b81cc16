"""How is computed tests: lift, verdicts, splits, regions."""

from wegweiser.web.methods.told import (
    ASSUMES_LOT,
    ASSUMES_REGIONS,
    REFUSES_DAYS,
    REFUSES_GATES,
    REFUSES_NEVER,
    REFUSES_THIRTY,
    Told,
)
from wegweiser.web.text import mark

TESTED = {
    "lift": Told(
        mark(
            "Difference between the group and its control by intention to treat, adjusted for the"
            " time before; the interval may be read daily."
        ),
        ASSUMES_LOT,
        REFUSES_GATES,
    ),
    "lift.arms": Told(
        mark(
            "Each group that lacks one part of the engine is held against the one with all parts."
        ),
        ASSUMES_LOT,
        REFUSES_GATES,
    ),
    "lift.several": Told(
        mark("Several groups against one control, with intervals that hold together."),
        ASSUMES_LOT,
        REFUSES_GATES,
    ),
    "lift.segments": Told(
        mark(
            "Whether the effect differs between groups of people; each effect is drawn towards all."
        ),
        ASSUMES_LOT,
        REFUSES_GATES,
    ),
    "lift.targeting": Told(
        mark(
            "One half learns an order of people, the other half judges what treating the first of"
            " it brings."
        ),
        ASSUMES_LOT,
        REFUSES_GATES,
    ),
    "lift.ratio": Told(
        mark("Difference of two ratios of sums, with their spread over accounts."),
        ASSUMES_LOT,
        REFUSES_GATES,
    ),
    "lift.accounts": Told(
        mark(
            "Lift with accounts as what was drawn; with few of them all other ways of drawing are"
            " tried."
        ),
        ASSUMES_LOT,
        REFUSES_GATES,
    ),
    "lift.guardrails": Told(
        mark("Lift of what must not suffer; harm above the stated bound is ruled out or named."),
        ASSUMES_LOT,
        REFUSES_GATES,
    ),
    "verdicts": Told(
        mark(
            "Lift of each message by first choice against held-out people, less its cost; several"
            " are confirmed together."
        ),
        ASSUMES_LOT,
        REFUSES_GATES,
    ),
    "experiment.split_check": Told(
        mark("Whether groups have the sizes that were planned, by a test that may be read daily."),
        ASSUMES_LOT,
        REFUSES_NEVER,
    ),
    "experiment.split_checks": Told(
        mark("How many tests break per week, and on which days."),
        ASSUMES_LOT,
        REFUSES_THIRTY,
    ),
    "experiment.sample_size": Told(
        mark(
            "People needed to see a stated effect four times out of five, and when they will be "
            "there."
        ),
        ASSUMES_LOT,
        REFUSES_THIRTY,
    ),
    "experiment.components": Told(
        mark("Effects of topic, tone and the like over all tests together, each within its test."),
        ASSUMES_LOT,
        REFUSES_GATES,
    ),
    "geo.effect": Told(
        mark(
            "Regions with a test held against a weighted mean of the others, with the error of "
            "the time before."
        ),
        ASSUMES_REGIONS,
        REFUSES_DAYS,
    ),
    "geo.power": Told(
        mark("What a test in these regions could show, tried on the past first."),
        ASSUMES_REGIONS,
        REFUSES_DAYS,
    ),
    "geo.intervention": Told(
        mark("One region since a day, held against what its past and the others let expect."),
        ASSUMES_REGIONS,
        REFUSES_DAYS,
    ),
    "watch.effect": Told(
        mark("Lift over time: whether what once helped still does."),
        ASSUMES_LOT,
        REFUSES_GATES,
    ),
}
