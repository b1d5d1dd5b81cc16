"""One panel for any measure: sentence, chart, tables, method, and the state of all that."""

import msgspec

from wegweiser.terms.result import Answer, Result
from wegweiser.web.charts.figures import AnswerFigure, BarsFigure, LineFigure
from wegweiser.web.pages.answers import Wish
from wegweiser.web.pages.desk import Desk, Panel
from wegweiser.web.pages.frame.gate import OPEN, Gate, computing, stale
from wegweiser.web.pages.frame.method import Method, method_of
from wegweiser.web.pages.frame.table import Table
from wegweiser.web.pages.frame.view import View
from wegweiser.web.pages.measure.asking import time_query
from wegweiser.web.pages.measure.catalogue import Listed
from wegweiser.web.pages.measure.example import example_figure
from wegweiser.web.pages.measure.field_words import with_fields
from wegweiser.web.pages.measure.files import downloads_of
from wegweiser.web.pages.measure.gates import gate_of, holdout_of, is_broken, is_withheld
from wegweiser.web.pages.measure.marks import linked_figure, marks_of
from wegweiser.web.pages.measure.named_keys import with_names
from wegweiser.web.pages.measure.narrow import not_taken, nothing_left
from wegweiser.web.pages.measure.seen import seen
from wegweiser.web.pages.measure.twin import figures_table, rows_table
from wegweiser.web.pages.measure.words import advice_words, verdict_words, warning_words
from wegweiser.web.text import Reader

BESIDE_AT_MOST = 4
CHANGES_AT_MOST = 4
# Credit has its own word on every panel, whatever its first figure says.
SPLITS = ("credit",)


class MeasurePanel(msgspec.Struct, frozen=True):
    """What the macro `panel` draws; empty parts are left out.

    `hidden` figures of a broken test are shown only by opening them; `drawn_before` names the
    earlier time that the chart shows as well, and how: by a dashed line or by a tick.
    """

    slug: str
    title: str
    path: str
    gate: Gate
    verdict: str = ""
    tone: str = ""
    sentence: str = ""
    label: str = ""
    advice: str = ""
    beside: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    about: str = ""
    kept_back: int = 0
    hidden: bool = False
    chart: Panel | None = None
    drawn_before: tuple[str, str] = ("", "")
    figures: Table | None = None
    rows: Table | None = None
    method: Method | None = None

    @property
    def counted(self) -> str:
        """What the figures of the chart are: its caption without the title of the panel."""
        caption, title = self.chart.caption if self.chart else "", f"{self.title}: "
        return caption.removeprefix(title) if caption.startswith(title) else ""

    @property
    def waits(self) -> bool:
        """True while an answer or a drawing is under way."""
        drawing = self.chart is not None and self.chart.drawing is None
        return drawing or self.gate.state == "computing"


async def panel_of(
    desk: Desk, reader: Reader, view: View, listed: Listed, one: Wish, files: bool
) -> MeasurePanel:
    """Make the panel of a measure from what is known of its answer; `files`: may be taken."""
    answer = desk.answers.known(one)
    if answer is None:
        return _without_answer(desk, reader, listed, one)
    shown = seen(reader, with_fields(answer, listed, reader.language), listed.unit_in(one))
    gate = gate_of(desk, reader, shown.answer)
    if gate.state in ("setup", "waiting"):
        gate = nothing_left(reader, view, listed) or gate
    if gate.state == "data" and desk.answers.failed(one):
        gate = stale(reader, answer.as_of)
    if gate.state == "setup":
        example = await _drawn(desk, example_figure(reader, listed.name))
        return _bare(reader, listed, gate, chart=example, path=path_of(one))
    told = _told(reader, shown.answer)
    slug = slug_of(listed.name)
    with_figures = gate.state in ("data", "stale", "little") and not is_withheld(answer)
    named = with_names(desk, reader, one, shown.answer)
    figure = linked_figure(reader, view, shown.answer, slug) if with_figures else None
    if isinstance(figure, BarsFigure):
        # Its bars are rows, each linked by its place; what an interval is of stays its key.
        figure = linked_figure(reader, view, named, slug)
    return msgspec.structs.replace(
        told,
        slug=slug,
        title=title_of(reader, listed),
        path=f"{path_of(one)}{time_query(view)}",
        gate=gate,
        cautions=(*told.cautions, *_beside_filters(reader, view, listed)),
        about=_about(reader, answer),
        kept_back=shown.kept_back,
        hidden=is_broken(answer),
        chart=None if figure is None else await _drawn(desk, figure),
        drawn_before=_drawn_before(reader, view, answer, figure),
        figures=figures_table(reader, shown.answer, slug) if with_figures else None,
        rows=rows_table(reader, view, named, slug) if with_figures else None,
        method=method_of(
            reader, answer, dict(one.options), downloads=downloads_of(reader, one) if files else ()
        ),
    )


def _drawn_before(
    reader: Reader, view: View, answer: Answer, figure: AnswerFigure | None
) -> tuple[str, str]:
    """Name the earlier time where the chart shows one beside, and how it is drawn."""
    if isinstance(figure, BarsFigure):
        drawn, way = any(bar.before is not None for bar in figure.bars), "tick"
    else:
        drawn, way = isinstance(figure, LineFigure) and bool(figure.before), "line dashed"
    if not drawn or answer.compared is None:
        return "", ""
    year = view.compare == "year"
    return (reader.say("Year before") if year else reader.say("Period before")), way


def _beside_filters(reader: Reader, view: View, listed: Listed) -> tuple[str, ...]:
    """Say by which filters of the page a figure is not narrowed."""
    names = not_taken(reader, view, listed)
    if not names:
        return ()
    return (reader.say("This figure is not narrowed by {names}.", names=reader.all_of(names)),)


def path_of(one: Wish) -> str:
    """Give the page of a measure alone."""
    return f"/measure/one/{one.measure}"


def slug_of(measure: str) -> str:
    """Give what ids of a panel begin with.

    >>> slug_of("web.click_rate")
    'web-click_rate'
    """
    return measure.replace(".", "-")


def title_of(reader: Reader, listed: Listed) -> str:
    """Give the title of a measure in the language of the reader."""
    return listed.summary.get(reader.language) or listed.name


def _told(reader: Reader, answer: Answer) -> MeasurePanel:
    main = answer.main
    verdict, tone = verdict_words(reader, _judged(answer))
    compared = answer.compared.changes if answer.compared else ()
    changes = tuple(one.sentence[reader.language] for one in compared[:CHANGES_AT_MOST])
    is_split = answer.measure in SPLITS
    sentence = main.sentence[reader.language]
    # What changed says it as well, with the earlier time behind it.
    sentence = next((one for one in changes if one.startswith(sentence)), sentence)
    return MeasurePanel(
        slug="",
        title="",
        path="",
        gate=OPEN,
        verdict=verdict,
        tone=tone,
        sentence=sentence,
        label=reader.say("a split, not a cause") if is_split else "",
        advice=advice_words(reader, _judged(answer)),
        beside=_not_in(changes, _beside(reader, answer)),
        changes=tuple(one for one in changes if one != sentence),
        cautions=warning_words(reader, main),
    )


def _not_in(changes: tuple[str, ...], beside: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out what a change says as well, which begins with it.

    >>> _not_in(("142 visits. Before: 73 visits.",), ("142 visits.", "3 pages."))
    ('3 pages.',)
    """
    return tuple(one for one in beside if not any(told.startswith(one) for told in changes))


def _judged(answer: Answer) -> Result:
    """Give the result whose verdict counts for all: a broken one before any other."""
    broken = (one for one in answer.results if "broken" in (one.verdict, one.reason))
    return next(broken, answer.main)


def _beside(reader: Reader, answer: Answer) -> tuple[str, ...]:
    """Give the sentences beside the first; of a customer value its error before all."""
    others = [one for one in answer.results if one is not answer.main]
    error = holdout_of(answer)
    ordered = sorted(others, key=lambda one: one is not error)
    sentences = dict.fromkeys(one.sentence[reader.language] for one in ordered)
    sentences.pop(answer.main.sentence[reader.language], None)
    return tuple(sentences)[:BESIDE_AT_MOST]


def _about(reader: Reader, answer: Answer) -> str:
    period = answer.period
    if period is None or period.start <= 0:
        return reader.say("All time until now")
    return reader.say(
        "{first} to {last}",
        first=reader.day_of(period.start),
        last=reader.day_of(min(period.end - 1, reader.now)),
    )


def _without_answer(desk: Desk, reader: Reader, listed: Listed, one: Wish) -> MeasurePanel:
    refused = desk.answers.refused(one)
    if refused is not None:
        gate = Gate("nothing", reader.say("More is needed"), refused.said(reader.language))
    elif desk.answers.failed(one):
        failed = reader.say("This could not be computed just now. It is tried again by itself.")
        gate = Gate("nothing", reader.say("No answer"), failed)
    else:
        gate = computing(reader)
    return _bare(reader, listed, gate, path=path_of(one))


def _bare(
    reader: Reader, listed: Listed, gate: Gate, path: str, chart: Panel | None = None
) -> MeasurePanel:
    return MeasurePanel(slug_of(listed.name), title_of(reader, listed), path, gate, chart=chart)


async def _drawn(desk: Desk, figure: AnswerFigure) -> Panel:
    return Panel(figure.caption, await desk.drawings.draw(figure), marks_of(figure))
