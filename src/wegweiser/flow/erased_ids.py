"""When a person was erased, by the keyed hash of each id that they ever had; no name is kept."""

from wegweiser.flow.erasure_subject import Erasable
from wegweiser.flow.suppression import Suppressions
from wegweiser.flow.tables import ERASED_IDS
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.identity import identifier


def erased_ids(suppressions: Suppressions, erasable: Erasable, at: int) -> list[Change]:
    """Give the rows that remember until when (ms) the ids of erased persons meant somebody."""
    return [
        Change(ERASED_IDS, _key(suppressions, person_id), str(at).encode())
        for person_id in sorted(erasable.person_ids)
    ]


def erased_at(store: OperationalStore, suppressions: Suppressions, person_id: str) -> int | None:
    """Tell when the person of an id was erased (ms); None where that is not known."""
    if not suppressions.kinds:
        return None
    (kept,) = store.get(ERASED_IDS, [_key(suppressions, person_id)])
    return None if kept is None else int(kept)


def _key(suppressions: Suppressions, person_id: str) -> bytes:
    return suppressions.mask(identifier("person_id", person_id))
