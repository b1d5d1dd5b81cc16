"""All parts of the pages on one page, to be looked at in both themes and languages."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.web.charts.figures import Interval
from wegweiser.web.pages.desk import Desk, Panel
from wegweiser.web.pages.today_charts import lift_figure
from wegweiser.web.words import TONES, VERDICTS


class PatternsPage(msgspec.Struct, frozen=True):
    """Every verdict, every gate, a chart, a spark line."""

    verdicts: tuple[tuple[str, str], ...]
    gates: tuple[str, ...]
    chart: Panel
    spark: tuple[float, ...]


async def patterns(desk: Desk, request: Request) -> Response:
    """Show the parts; the figures on it are examples and say so."""
    reader = desk.reader(request)
    rows = [
        Interval(
            f"{reader.say('Example')} 1", 0.031, 0.012, 0.05, "+3.1", "1", "good", "/patterns"
        ),
        Interval(f"{reader.say('Example')} 2", 0.004, -0.02, 0.028, "+0.4", "2", "", "/patterns"),
        Interval(
            f"{reader.say('Example')} 3", -0.03, -0.05, -0.01, "-3.0", "3", "bad", "/patterns"
        ),
    ]
    page = PatternsPage(
        verdicts=tuple((reader.say(text), TONES.get(code, "")) for code, text in VERDICTS.items()),
        gates=("setup", "waiting", "computing", "quiet"),
        chart=await desk.panel(lift_figure(reader, rows)),
        spark=(3.0, 5.0, 4.0, 8.0, 6.0),
    )
    frame = desk.frame(request, reader.say("Patterns"), reader.say("The parts of every page"))
    return desk.render(request, "patterns.html", frame, page)
