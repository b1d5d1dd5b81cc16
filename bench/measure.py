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

FULL, QUICK = 20_000_000, 1_000_000
TIMES = 2
DECISIONS = 3_000


def main() -> None:
    """Run the benchmark as the command line asks; ends with 1 where the engines disagree."""
    parser = argparse.ArgumentParser(prog="python -m bench.measure", description=__doc__)
    parser.add_argument("--events", type=int, default=FULL, help="how many events")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} events")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.add_argument("--folder", type=Path, help="keep the events here and use them again")
    chosen = parser.parse_args()
    events = QUICK if chosen.quick else chosen.events
    with _folder(chosen.folder) as folder:
        _prepare(folder, events)
        figures, disagreed = _measure(folder, events)
        with tempfile.TemporaryDirectory(prefix="bench-") as served:
            print("asking for decisions beside a measure ...", file=sys.stderr, flush=True)
            figures += measure_beside(Path(served) / "beside", events // 20, DECISIONS)
    print(document(figures).decode() if chosen.json else table(figures))
    if disagreed:
        sys.exit(f"the engines do not agree on: {'; '.join(disagreed)}")


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
    if done.exists():
        return
    print(f"writing {events:,} events ...", file=sys.stderr, flush=True)
    started = time.process_time()
    write_archive(folder, events)
    done.touch()
    told = f"written in {time.process_time() - started:.0f} seconds of processor time"
    print(told, file=sys.stderr, flush=True)


def _measure(folder: Path, events: int) -> tuple[list[Figure], list[str]]:
    figures: list[Figure] = []
    disagreed: list[str] = []
    engine = Ours(folder)
    with rival(folder, engine.tables()) as other:
        for asked in QUESTIONS:
            print(f"asking {asked.name} ...", file=sys.stderr, flush=True)
            ours = engine.answer(asked, TIMES)
            theirs = None if other is None else other.answer(asked, TIMES)
            equal = theirs is None or _ordered(ours.rows) == _ordered(theirs.rows)
            figures += _figures(asked, ours, theirs, equal, events)
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
