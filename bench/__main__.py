"""`make bench`: measure, and print one table of figures, references, ratios and goals."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import collect, decide, fold, resolve
from bench.collect import Size
from bench.figure import Figure, document, table
from bench.measure_beside import measure_beside

FULL = Size(batches=3_000, singles=60_000, decisions=3_000, folded=200_000)
QUICK = Size(batches=300, singles=6_000, decisions=500, folded=20_000)
SMOKE = Size(batches=60, singles=600, decisions=100, folded=4_000)


def main() -> None:
    """Run the benchmark as the command line asks."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about a minute, rougher figures")
    parser.add_argument("--smoke", action="store_true", help="only whether it runs: no figures")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.add_argument(
        "--only",
        choices=("collect", "decide", "fold", "resolve", "reports"),
        help="one part alone",
    )
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        size = SMOKE if chosen.smoke else QUICK if chosen.quick else FULL
        found = list(measure(Path(folder), size, chosen.only))
    print(document(found).decode() if chosen.json else table(found))


def measure(folder: Path, size: Size, only: str | None) -> Iterator[Figure]:
    """Measure part by part, each told on standard error as it begins."""
    parts: dict[str, Callable[[], list[Figure]]] = {
        "collect": lambda: collect.measure(folder / "collect", size),
        "decide": lambda: decide.measure(folder / "decide", size),
        "fold": lambda: fold.measure(folder / "collect", size),
        "resolve": lambda: resolve.measure(size.decisions // 5),
        "reports": lambda: measure_beside(
            folder / "reports", size.batches // 2, size.decisions // 2
        ),
    }
    for name, part in parts.items():
        if only in (None, name):
            print(f"measuring {name} ...", file=sys.stderr, flush=True)
            yield from part()


if __name__ == "__main__":
    main()
