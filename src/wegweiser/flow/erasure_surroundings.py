"""What an erasure reaches beyond log and store."""

from collections.abc import Awaitable, Callable, Sequence, Set

import msgspec

from wegweiser.flow.erasure_typed import Unname
from wegweiser.ports.operational_store import OperationalStore


class Surroundings(msgspec.Struct, frozen=True):
    """What an erasure reaches beyond log and store.

    `new_store` makes an empty store that lives in memory; `replace_in_archive` writes the rows of
    log positions anew; `blank_files` empties, in files handed over, the parcels of decisions and
    those about names ("type:value"). `in_use` gives words of the configuration; `unname` takes
    what people typed about the erased out of definitions, works and audit for a request, with 0
    for its time (ms) only counts it, and gives counts by place.
    """

    new_store: Callable[[], OperationalStore]
    replace_in_archive: Callable[[Sequence[int]], Awaitable[None]]
    blank_files: Callable[[Sequence[str], Set[str]], int]
    in_use: Callable[[], Set[str]]
    unname: Unname
