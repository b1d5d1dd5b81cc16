"""The groups of `profit.groups` as results and rows, with their sums of money exact."""

from decimal import Decimal

import numpy as np
import pyarrow as pa

from wegweiser.measure.form import Asked, Row, gated
from wegweiser.measure.lifetime.buying_gate import counts_of
from wegweiser.measure.lifetime.study import Study
from wegweiser.measure.lifetime.told import column, part
from wegweiser.measure.profit.groups_crowd import Crowd, Response
from wegweiser.measure.profit.groups_draws import DRAWS, Drawn, Grid, held_together, trend_of
from wegweiser.measure.profit.groups_grid import CELLS, Numbers, merged, stay
from wegweiser.measure.profit.groups_said import (
    Told,
    advice_of,
    code_of,
    full_name,
    said_of_group,
    said_of_response,
    said_of_stability,
)
from wegweiser.measure.revenue.money import cents, said
from wegweiser.measure.words import both
from wegweiser.terms.result import Result

NAME = "profit.groups"
_METHOD = f"3 x 3 cells of last year's margin and potential, merged below 60% in {DRAWS} draws"


def told_groups(crowd: Crowd, grid: Grid, drawn: Drawn, rows: pa.Table) -> list[Told]:
    """Merge the cells that do not hold, and add up what each group is; the most valuable first."""
    sizes = np.bincount(grid.cell, crowd.count, CELLS).astype(np.float64)
    values = _exact(rows, crowd, grid)
    found = [_told(cells, values, crowd, grid, drawn) for cells in merged(drawn.moves, sizes)]
    return sorted(found, key=lambda one: (-max(one.cells), one.cells))


def _exact(rows: pa.Table, crowd: Crowd, grid: Grid) -> list[Decimal]:
    """Add up the margins of each cell as exact decimals."""
    cell = np.zeros(len(rows), dtype=np.int64)
    cell[crowd.customers.account.astype(np.int64)] = grid.cell
    sums = [Decimal(0)] * CELLS
    held = (rows[name].to_pylist() for name in ("margin_each", "customers"))
    for place, margin, count in zip(cell.tolist(), *held, strict=True):
        sums[place] += margin * count
    return sums


def _told(
    cells: tuple[int, ...], values: list[Decimal], crowd: Crowd, grid: Grid, drawn: Drawn
) -> Told:
    own = np.isin(grid.cell, list(cells))
    count = crowd.count[own]

    def total(each: Numbers) -> float:
        return float((each[own] * count).sum())

    served, gap = total(crowd.served), total(grid.gap)
    return Told(
        cells=cells,
        customers=round(float(count.sum())),
        value=sum((values[cell] for cell in cells), Decimal(0)),
        served=served,
        expected=total(grid.expected),
        gap=gap,
        potential=total(grid.potential),
        stability=stay(cells, drawn.moves),
        trend=trend_of(cells, crowd, grid, drawn),
        advised=grid.response.cautious > 0 and grid.response.cautious * gap > served,
    )


def row_of(one: Told) -> Row:
    """Show one group."""
    name, advice, trend = full_name(one), advice_of(one), one.trend
    return {
        "group": code_of(one.cells),
        "cells": ", ".join(code_of([cell]) for cell in one.cells),
        "name_en": name["en"],
        "name_de": name["de"],
        "customers": one.customers,
        "value": cents(one.value),
        "cost_to_serve": round(one.served, 2),
        "expected": round(one.expected, 2),
        "gap": round(one.gap, 2),
        "potential": round(one.potential, 2),
        "change": None if trend is None else round(trend.estimate, 4),
        "change_low": None if trend is None else round(trend.low, 4),
        "change_high": None if trend is None else round(trend.high, 4),
        "stability": round(one.stability, 4),
        "advice_en": advice["en"].strip(),
        "advice_de": advice["de"].strip(),
    }


def results_of(
    groups: list[Told],
    grid: Grid,
    drawn: Drawn,
    studied: Study,
    table: pa.Table,
    asked: Asked,
) -> list[Result]:
    """Give how well the groups hold, each group, what contact closes, and what is in no group."""
    counts, currency = counts_of(studied.told), asked.text("currency")
    held = held_together([one.cells for one in groups], drawn)
    warnings = _warnings(grid.response, studied, table)
    results = [_group_result(one, currency, grid.response, warnings) for one in groups]
    stability = Result(
        name=f"{NAME}.stability",
        unit="share",
        n=counts,
        enough_data=True,
        estimate=held.estimate,
        low=held.low,
        high=held.high,
        kind="bootstrap",
        evidence="model",
        warnings=warnings,
        sentence=said_of_stability(held, len(groups)),
        method=_METHOD,
    )
    aside = sum(
        (one or Decimal(0) for one in part(table, "aside")["margin_each"].to_pylist()), Decimal(0)
    )
    return [stability, *results, _response(grid.response), _aside(aside, counts, currency)]


def _warnings(response: Response, studied: Study, table: pa.Table) -> tuple[str, ...]:
    found = list(studied.warnings)
    if not float(column(part(table, "aside"), "goods").sum()):
        found.append("before_goods")
    if response.share is None:
        found.append("response_not_measured")
    return tuple(found)


def _group_result(
    one: Told, currency: str, response: Response, warnings: tuple[str, ...]
) -> Result:
    amount = cents(one.value)
    return Result(
        name=f"{NAME}.{code_of(one.cells)}",
        unit=currency,
        n={"units": one.customers},
        enough_data=True,
        estimate=amount,
        low=amount,
        high=amount,
        evidence="experiment" if one.advised and response.counted else "model",
        warnings=warnings,
        sentence=said_of_group(one, currency),
        method=_METHOD,
    )


def _response(response: Response) -> Result:
    told, counts = said_of_response(response), {"units": response.units}
    name = f"{NAME}.response"
    if response.share is None:
        return gated(name, "share of the gap", "too_little", counts, told)
    share = response.share
    return Result(
        name=name,
        unit="share of the gap",
        n=counts,
        enough_data=True,
        estimate=share.estimate,
        low=share.low,
        high=share.high,
        kind="frequentist",
        evidence="experiment",
        sentence=told,
        method="Welch between the arms, by the mean gap of those held out",
    )


def _aside(amount: Decimal, counts: dict[str, int], currency: str) -> Result:
    shown = said(amount, currency)
    return Result(
        name=f"{NAME}.aside",
        unit=currency,
        n=counts,
        enough_data=True,
        estimate=cents(amount),
        low=cents(amount),
        high=cents(amount),
        sentence=both(
            f"{shown['en']} of the margin of 12 months belong to no customer who is grouped.",
            f"{shown['de']} des Deckungsbeitrags von 12 Monaten gehören zu keinem Kunden in einer"
            " Gruppe.",
        ),
        method="exact sums, rounded once",
    )
