"""The kinds of long work, and how each is done step by step."""

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

from wegweiser.flow.quarantine import Place
from wegweiser.flow.replay import Chosen
from wegweiser.flow.taken_back import ranges_of
from wegweiser.terms.errors import ComeAgain, NotFound
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace.let_in import let_in
from wegweiser.workspace.taking_back import take_back
from wegweiser.workspace.work import Kind, Progress, Work

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

PLACES_AT_ONCE = 100
# Before what could not be read now is tried once more.
PAUSE_S = 1.0
COUNTED = ("stored", "duplicate", "stayed", "gone")
RANGES = "ranges"


async def replay(site: "Site", progress: Progress) -> JsonObject:
    """Read a group of the quarantine once more, a hundred elements at a time.

    Each step is a record in the log: what is left still waits in quarantine, and work that was
    cut off goes on behind the last element it had looked at.
    """
    work = progress.work
    chosen = Chosen(code=str(work.given["code"]), source_id=str(work.given["source_id"]))
    await _recover(site, progress)
    after = _place(work.cursor.get("after"))
    places = [place async for place, _ in site.quarantine.found(chosen, after)]
    done, found = work.done, dict(work.found)
    total = done + len(places)
    for start in range(0, len(places), PLACES_AT_ONCE):
        step = places[start : start + PLACES_AT_ONCE]
        while (read := await _one_step(site, progress, step, found)) is None:
            await asyncio.sleep(PAUSE_S)
            # Tells nothing new, but hears whether to end: a full disk can last.
            await progress.step(done, total, work.cursor, found)
        done, found = done + len(step), read
        await progress.step(done, total, {"after": [*step[-1]]}, found)
    return found


async def _recover(site: "Site", progress: Progress) -> None:
    """Count what a step let in that was cut off before it could be noted."""
    work = progress.work
    begun = _object(work.cursor.get("begun"))
    start, end = _place(begun.get("first")), _place(begun.get("last"))
    if start is None or end is None:
        return
    await site.intake.settle()
    positions = await let_in(site, _whole(begun.get("since")), start, end)
    ranges: list[Json] = [*_list(work.found.get(RANGES))]
    ranges += ([first, last] for first, last in ranges_of(positions))
    stored = _whole(work.found.get("stored")) + len(positions)
    work.found = {**work.found, "stored": stored, RANGES: ranges}
    work.done += len(positions)
    progress.note({"after": work.cursor.get("after")})


async def _one_step(
    site: "Site", progress: Progress, step: list[Place], found: JsonObject
) -> JsonObject | None:
    """Note which elements come next, and read them; None where that is not possible now."""
    cursor = progress.work.cursor
    try:
        if "begun" not in cursor:
            since = await site.intake.settle()
            begun: JsonObject = {"since": since, "first": [*step[0]], "last": [*step[-1]]}
            progress.note({**cursor, "begun": begun})
        return await _read_again(site, step, found)
    except (NotFound, ComeAgain):
        # One left between our look and the turn of this step, or the disk is full.
        return None


async def _read_again(site: "Site", places: list[Place], found: JsonObject) -> JsonObject:
    """Read elements once more; what somebody mended or gave up meanwhile is passed by."""
    still = [one for one in places if site.unifier.quarantine.get(one) is not None]
    counts = {name: _whole(found.get(name)) for name in COUNTED}
    ranges: list[Json] = [*_list(found.get(RANGES))]
    codes = Counter({code: _whole(times) for code, times in _object(found.get("codes")).items()})
    if still:
        read = await site.quarantine.replay(Chosen(places=tuple(still)))
        counts["stored"] += read.stored
        counts["duplicate"] += read.duplicate
        counts["stayed"] += read.still_quarantined
        counts["gone"] += read.suppressed + read.dropped
        codes += Counter(read.codes)
        for first, last in read.ranges:
            ranges.append([first, last])
    counts["gone"] += len(places) - len(still)
    return {**counts, "codes": {**codes}, RANGES: ranges}


async def put_back(site: "Site", progress: Progress) -> JsonObject:
    """Put back into quarantine what was let in by mistake; everything is made anew."""
    work = progress.work
    ranges = [found for one in _list(work.given.get(RANGES)) if (found := _place(one))]
    await take_back(site, ranges, work.by)
    return {"put_back": sum(last - first + 1 for first, last in ranges)}


async def retrain(site: "Site", progress: Progress) -> JsonObject:
    """Learn all models once more from the log; what comes out is compared, not adopted."""

    async def step(done: int) -> None:
        await progress.step(done, 0, {}, {})

    snapshot, same = await site.deciding.learning.retrain(False, step)
    return {"same": same, "labels": snapshot.labels, "snapshot": snapshot.number}


async def simulate(site: "Site", progress: Progress) -> JsonObject:
    """Hold a draft against the decisions of the past, in the process of measures."""
    # The table of operations knows the site, which knows this.
    from wegweiser.workspace.simulation_operations import simulate as simulated

    return _object(await simulated(site, progress.work.given))


async def erase(site: "Site", progress: Progress) -> JsonObject:
    """Erase somebody; of what came of it only counts and the number of the receipt are kept."""
    from wegweiser.workspace.operations import run

    done = await run(site, "forget", progress.work.given, by=progress.work.by)
    told = _object(done)
    return {name: told[name] for name in ("request_id", "status", "counts") if name in told}


async def load(site: "Site", progress: Progress) -> JsonObject:
    """Load a file that somebody sent on a page, part by part."""
    # What looks at files is needed by few.
    from wegweiser.workspace.uploading import load_upload

    return await load_upload(site, progress)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("replay", "raw", replay),
        Kind("undo", "raw", put_back, whole=True, final=True),
        Kind("import", "senders"),
        Kind("upload", "publish", load),
        Kind("export", "take_persons"),
        Kind("learning", "configure", retrain),
        Kind("simulation", "define", simulate, whole=True),
        Kind("erasure", "erase", erase, whole=True, secret=True, final=True),
    )
}


def can_be_undone(site: "Site", work: Work) -> bool:
    """Tell whether what a work let out of the quarantine can be put back; again after a fault."""
    ended = work.kind == "replay" and work.state != "running"
    undone_by = work.found.get("undone_by")
    is_undone = isinstance(undone_by, str) and not site.works.has_failed(undone_by)
    return ended and bool(work.found.get(RANGES)) and not is_undone


def _place(value: Json) -> Place | None:
    if isinstance(value, list) and len(value) == 2:
        return _whole(value[0]), _whole(value[1])
    return None


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _whole(value: Json) -> int:
    return value if isinstance(value, int) else 0


def _object(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}
