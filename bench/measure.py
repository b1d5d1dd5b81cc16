"""`make bench-measure`: questions about many events, ours beside chDB, and whether both agree."""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.figure import Figure, document, table
from bench.measure_beside import measure_beside
from bench.measure_engines import Ours, Taken, rival, write_archive
from bench.measure_questions import QUESTIONS, Asked, Rows
from wegweiser.query.relation import EVENTS, LEAVES

FULL, QUICK = 20_000_000, 1_000_000
TIMES = 2
# The served part: events in the archive in batches of 100, and decisions at 100 a second.
BATCHES, DECISIONS = 3_000, 3_000


def main() -> None:
    """Run the benchmark as the command line asks; ends with 1 where the engines disagree."""
    chosen = _read_arguments()
    events = QUICK if chosen.quick else chosen.events
    with _folder(chosen.data) as folder:
        _prepare(folder, events)
        figures, disagreed = _measure(folder, events, chosen)
    if not chosen.only:
        with tempfile.TemporaryDirectory(prefix="bench-") as served:
            _say("asking for decisions beside measures ...")
            batches = min(BATCHES, events // 1_000)
            figures += measure_beside(Path(served) / "beside", batches, min(DECISIONS, batches))
    print(document(figures).decode() if chosen.json else table(figures))
    if disagreed:
        sys.exit(f"the engines do not agree on: {'; '.join(disagreed)}")


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.measure", description=__doc__)
    parser.add_argument("--events", type=int, default=FULL, help="how many events")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} events")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.add_argument("--data", type=Path, help="keep the events here and use them again")
    parser.add_argument("--times", type=int, default=TIMES, help="how often each is asked")
    parser.add_argument("--only", nargs="*", default=(), help="questions that begin so, no others")
    return parser.parse_args()


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as made:
        yield Path(made)


def _prepare(folder: Path, events: int) -> None:
    done = folder / f"{events}.events"
    # A folder that was written with other columns is written anew.
    columns = ",".join(name for relation in (EVENTS, LEAVES) for name in relation.schema.names)
    if done.exists() and done.read_text(encoding="utf-8") == columns:
        _say(f"{events:,} events are here already")
        return
    _say(f"making {events:,} events ...")
    started = time.process_time()
    for written in write_archive(folder, events):
        print(f"\r{written:,} written", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    done.write_text(columns, encoding="utf-8")
    _say(f"written in {time.process_time() - started:.0f} seconds of processor time")


def _measure(
    folder: Path, events: int, chosen: argparse.Namespace
) -> tuple[list[Figure], list[str]]:
    figures: list[Figure] = []
    disagreed: list[str] = []
    engine = Ours(folder)
    with rival(folder, engine.tables()) as other:
        for asked in QUESTIONS:
            if chosen.only and not asked.name.startswith(tuple(chosen.only)):
                continue
            _say(f"asking {asked.name} ...")
            ours = engine.answer(asked, chosen.times)
            theirs = None if other is None else other.answer(asked, chosen.times)
            equal = theirs is None or _ordered(ours.rows) == _ordered(theirs.rows)
            figures += _figures(asked, ours, theirs, equal, events)
            _say(f"{ours.seconds:.2f} s" + (f", chDB {theirs.seconds:.2f} s" if theirs else ""))
            if not equal:
                disagreed.append(asked.name)
                _show_difference(ours.rows, theirs.rows if theirs else [])
    return figures, disagreed


def _figures(
    asked: Asked, ours: Taken, theirs: Taken | None, equal: bool, events: int
) -> list[Figure]:
    told = "" if theirs is None else "chDB, same answer" if equal else "chDB, ANOTHER ANSWER"
    return [
        Figure(
            name=asked.name,
            value=ours.seconds,
            unit="s",
            reference=theirs.seconds if theirs else None,
            reference_name=told,
            # The goals are for 20 million events.
            most=asked.most_seconds if events == FULL else None,
        ),
        Figure(
            name="  processor time",
            value=ours.busy_seconds,
            unit="s",
            reference=theirs.busy_seconds if theirs else None,
            reference_name="chDB" if theirs else "",
        ),
    ]


def _ordered(rows: Rows) -> list[list[str]]:
    """Write rows so that equal ones are equal in both engines: counts may come as texts."""
    return sorted([str(value) for value in row] for row in rows)


def _show_difference(ours: Rows, theirs: Rows) -> None:
    first, second = ({tuple(row) for row in _ordered(rows)} for rows in (ours, theirs))
    for title, rows in (("only ours", first - second), ("only theirs", second - first)):
        print(f"{title}, {len(rows)} rows: {sorted(rows)[:5]}", file=sys.stderr)


if __name__ == "__main__":
    main()
