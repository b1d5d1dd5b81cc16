"""Where the organisation stood, kept so that it can be seen over time."""

from collections.abc import Iterator

import msgspec

from wegweiser.flow.tables import STANDINGS
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.result import Answer


class KeptStanding(msgspec.Struct, frozen=True, kw_only=True):
    """One report as it was: the stage reached (0: not visible) and the state of all five.

    `lines` gives the state of every line of evidence by its key; `at` is ms UTC.
    """

    at: int
    reached: int
    stages: tuple[str, ...]
    lines: dict[str, str]


def standing_of(found: Answer) -> KeptStanding:
    """Read an answer of `maturity.report`."""
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    stages = [one for one in found.results if ".stage_" in one.name]
    return KeptStanding(
        at=found.as_of,
        reached=int(found.results[0].estimate or 0),
        stages=tuple(one.warnings[0] for one in stages),
        lines={str(row["line"]): str(row["status"]) for row in rows},
    )


def keep_standing(store: OperationalStore, found: Answer) -> KeptStanding:
    """Keep where an answer says that the organisation stands; the same moment is kept once."""
    kept = standing_of(found)
    store.commit([Change(STANDINGS, f"{kept.at:015}".encode(), msgspec.json.encode(kept))])
    return kept


def kept_standings(store: OperationalStore) -> Iterator[KeptStanding]:
    """Yield all kept reports, the oldest first."""
    for _, value in store.scan(STANDINGS):
        yield msgspec.json.decode(value, type=KeptStanding)
