"""Verdicts on the demo world: what truly does nothing is not kept, however often it is clicked."""

import asyncio

import pytest

from wegweiser.demo.bundle import documents
from wegweiser.demo.messages import OFFERS
from wegweiser.demo.world import World
from wegweiser.measure.form import Row
from wegweiser.terms.result import Answer
from wegweiser.workspace.demonstration import play_in_memory

DAYS = 34
ACCOUNTS = 140
HOLDOUT = 0.3
# The engine soon shows hardly anybody what leads nowhere; these accounts get any message.
RANDOM = 0.3
OPTIONS = {"goal": "demo-booked", "window_days": "14", "margin": "400"}
IDLE = tuple(offer.key for offer in OFFERS if offer.aim == "amuse")
SWEEP = range(1, 21)


async def played(seed: int) -> tuple[Answer, Answer]:
    """Give verdicts by message and by channel of one world."""
    world = World(seed, days=DAYS, accounts=ACCOUNTS)
    site = await play_in_memory(world, documents(HOLDOUT, RANDOM), lambda share: None)
    try:
        by_message = await site.measure("verdicts", {**OPTIONS, "by": "message"})
        return by_message, await site.measure("verdicts", {**OPTIONS, "by": "channel"})
    finally:
        await site.stop()


def rows_of(answer: Answer) -> dict[str, Row]:
    """Give the rows of an answer by what they judge."""
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    return {str(row["thing"]): row for row in rows}


def clicks_of(answer: Answer, message: str) -> float:
    """Give the share of the last clicks that a message has."""
    return float(str(rows_of(answer)[message]["last_click_share"] or 0))


@pytest.mark.slow
def test_the_raffle_has_the_last_clicks_and_no_advice_to_keep_it() -> None:
    # Every world until the first one where the raffle has more last clicks than the mean message.
    for seed in SWEEP:
        by_message, by_channel = asyncio.run(played(seed))
        rows = rows_of(by_message)
        assert rows["conference-raffle"]["advice"] in ("drop", "change", "cannot_tell_yet")
        told = next(one for one in by_message.results if one.name.endswith(".conference-raffle"))
        assert "a split and no cause" in told.sentence["en"]
        assert sum(int(str(row["units"])) for row in rows.values()) <= ACCOUNTS
        advice = {str(row["advice"]) for row in rows_of(by_channel).values()}
        assert advice <= {"keep", "change", "drop", "cannot_tell_yet", ""}
        if clicks_of(by_message, "conference-raffle") > 1 / len(OFFERS):
            break
    else:
        pytest.fail("in no world has the raffle many last clicks")


@pytest.mark.sweep
def test_of_messages_that_do_nothing_at_most_5_percent_are_kept() -> None:
    kept = judged = clicked = 0
    for seed in SWEEP:
        answer, _ = asyncio.run(played(seed))
        rows = rows_of(answer)
        said = {one.name: one.sentence["en"] for one in answer.results}
        for key in IDLE:
            if key not in rows:
                continue
            judged += 1
            kept += rows[key]["advice"] == "keep"
            assert rows[key]["advice"] in ("keep", "drop", "change", "cannot_tell_yet")
            if clicks_of(answer, key) > 0:
                # However many last clicks it has: the sentence says why they do not count.
                clicked += 1
                assert "a split and no cause" in said[f"verdicts.message.{key}"]
    print(f"kept {kept} of {judged} messages that do nothing; {clicked} of them had last clicks")
    assert clicked >= len(SWEEP) / 2
    assert judged >= len(SWEEP)
    assert kept <= 0.05 * judged
