"""Measure: what did it do, and where to concentrate? A panel for any measure, tabs, files."""

from wegweiser.web.pages.frame.family import Family, MenuEntry, Page
from wegweiser.web.pages.measure.alarms import HERE, say_to_alarm
from wegweiser.web.pages.measure.files import file
from wegweiser.web.pages.measure.narrow import FILTERS
from wegweiser.web.pages.measure.one import all_measures, one_measure
from wegweiser.web.pages.measure.tab import measure_tab
from wegweiser.web.pages.measure.typed_options import NUMBERS
from wegweiser.web.text import mark

_TIME = ("period", "compare")

FAMILY = Family(
    (
        Page("/measure", measure_tab, words=_TIME, filters=FILTERS),
        Page("/measure/one", all_measures, words=_TIME, filters=FILTERS),
        Page("/measure/one/{name}", one_measure, words=(*_TIME, "page", NUMBERS), filters=FILTERS),
        Page("/measure/one/{name}/file.{form}", file, right="take_figures"),
        Page(HERE, say_to_alarm, ("POST",), write="define"),
        Page(
            "/measure/{tab}",
            measure_tab,
            ("GET", "POST"),
            write="publish",
            words=_TIME,
            filters=FILTERS,
        ),
    ),
    MenuEntry("/measure", mark("Measure"), "w", mark("What did it do, and where to concentrate?")),
)
