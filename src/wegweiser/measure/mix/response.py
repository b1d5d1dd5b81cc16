"""Response curves of a media mix as the budget advice takes them."""

from collections.abc import Sequence

import numpy as np

from wegweiser.measure.allocate.response import HIGHEST_OF_TRIED, Response
from wegweiser.measure.mix.analysis import Mix
from wegweiser.measure.mix.honesty import curves
from wegweiser.measure.mix.weeks import Floats

POINTS = 26


def responses(
    mix: Mix,
    margin: float = 1.0,
    weeks: int = 1,
    channels: Sequence[int] | None = None,
    draws: int | None = None,
) -> list[Response]:
    """Give, per channel, what spending a sum over `weeks` weeks earns, times a margin.

    Today's spend is the mean of the weeks known; `tried` are the lowest and highest week. A
    channel is not identified where the mix says so, and none is where the model predicts worse
    than last year's weeks do. With `draws` they are drawn again from those of the mix, in order.
    """
    chosen = range(len(mix.channels)) if channels is None else channels
    return [_response(mix, k, margin, weeks, draws) for k in chosen]


def _response(mix: Mix, channel: int, margin: float, weeks: int, draws: int | None) -> Response:
    spent = mix.weeks.media[:, channel]
    now, least, most = (float(value) for value in (spent.mean(), spent.min(), spent.max()))
    grid: Floats = np.linspace(0.0, HIGHEST_OF_TRIED * (most or 1.0), POINTS)
    brought = margin * weeks * curves(mix.weeks, mix.shapes, channel, grid)
    if draws is not None:
        brought = brought[np.arange(draws) % len(brought)]
    one = mix.channels[channel]
    return Response(
        one.name,
        weeks * now,
        (weeks * grid).tolist(),
        brought,
        (weeks * least, weeks * most),
        one.state == "identified" and not mix.holdout.is_worse,
    )
