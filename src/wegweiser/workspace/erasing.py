"""What erasure needs of a data folder: keys and tombstones beside the store, files handed over."""

import os
from collections.abc import Callable, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING

from wegweiser.adapters.files import sync_folder
from wegweiser.adapters.memory import MemoryStore
from wegweiser.adapters.outbox import blank_parcels
from wegweiser.adapters.tombstone_file import TombstoneFile
from wegweiser.flow.erasure_surroundings import Surroundings
from wegweiser.flow.receipt_keys import ReceiptKeys
from wegweiser.flow.tables import SETTINGS
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change
from wegweiser.terms.errors import EngineBroken
from wegweiser.workspace.engines import Engines
from wegweiser.workspace.folder import OWNER_ONLY_FILE
from wegweiser.workspace.unnaming import Unnaming

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

SECRET_BYTES = 32
Read = Callable[[bool], bytes | None]
"""Reads a secret of 32 bytes; asked with True it makes one where there is none."""


def secret_reader(engines: Engines) -> Read:
    """Give what reads the secret of the suppression list, and makes it where it is asked to."""
    folder = engines.folder
    return _reader(engines, None if folder is None else folder.erasure_key, b"erasure_key")


def receipt_keys(engines: Engines) -> ReceiptKeys:
    """Give the key that signs receipts; it is made when something is signed first."""
    folder = engines.folder
    path = None if folder is None else folder.receipt_key
    return ReceiptKeys(_reader(engines, path, b"receipt_key"))


def factor_secret(engines: Engines) -> Callable[[], bytes]:
    """Give what reads the secret of second factors; it is made when one is used first."""
    folder = engines.folder
    read = _reader(engines, None if folder is None else folder.factor_key, b"factor_key")
    return lambda: read(True) or b""


def tombstones(engines: Engines) -> TombstoneFile | None:
    """Give the list beside the store; what lives in memory has none."""
    return None if engines.folder is None else TombstoneFile(engines.folder.tombstones)


def _reader(engines: Engines, path: Path | None, name: bytes) -> Read:
    store, clock = engines.store, engines.clock
    if path is not None:
        return lambda make: _read_or_make(path, clock, make)

    def in_memory(make: bool) -> bytes | None:
        held = store.get(SETTINGS, [name])[0]
        if held is None and make:
            held = clock.random_bytes(SECRET_BYTES)
            store.commit([Change(SETTINGS, name, held)])
        return held

    return in_memory


def _read_or_make(path: Path, clock: Clock, make: bool) -> bytes | None:
    if not path.exists() and make:
        _write(path, clock.random_bytes(SECRET_BYTES))
    if not path.exists():
        return None
    secret = path.read_bytes()
    if len(secret) != SECRET_BYTES:
        raise EngineBroken(f"{path.name} is damaged. Restore it from a copy.")
    return secret


def _write(path: Path, secret: bytes) -> None:
    beside = path.with_name(f".{path.name}.part")
    beside.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with open(os.open(beside, flags, OWNER_ONLY_FILE), "wb") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(path.parent)


def surroundings(site: "Site") -> Surroundings:
    """Give what an erasure reaches beyond log and store."""
    folder, unnaming = site.engines.folder, Unnaming(site)

    def blank_files(decision_ids: Sequence[str], names: Set[str]) -> int:
        return 0 if folder is None else blank_parcels(folder.outbox, decision_ids, names)

    replace = site.analyst.replace
    return Surroundings(MemoryStore, replace, blank_files, unnaming.in_use, unnaming.run)
