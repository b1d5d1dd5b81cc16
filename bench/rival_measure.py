"""The rival of `make bench-measure`, run by a Python that has chdb: questions in, answers out.

It imports nothing but the standard library and chdb, as it lives in an environment of its own.
"""

import json
import sys
import time


def main() -> None:
    """Answer each question that comes as a line of JSON: {"sql": ..., "times": ...}."""
    from chdb.session import Session  # only there in the environment of the benchmark

    session = Session()
    for line in sys.stdin:
        asked = json.loads(line)
        best: dict[str, object] = {}
        for _ in range(asked["times"]):
            wall, busy = time.perf_counter(), time.process_time()
            found = session.query(asked["sql"], "JSONCompactEachRow").bytes()
            wall, busy = time.perf_counter() - wall, time.process_time() - busy
            if not best or wall < float(str(best["seconds"])):
                rows = [json.loads(row) for row in found.splitlines()]
                best = {"seconds": wall, "busy_seconds": busy, "rows": rows}
        print(json.dumps(best), flush=True)


if __name__ == "__main__":
    main()
