"""What is kept beside the fold and committed with it, in the same transaction."""

from collections.abc import Iterable
from typing import Protocol

from wegweiser.ports.operational_store import Change


class Beside(Protocol):
    """Keeps what follows from the fold, committed in the same transaction."""

    def drain(self) -> list[Change]:
        """Hand over what is not yet committed."""

    def erased(self, person_ids: Iterable[str], accounts: Iterable[str]) -> list[Change]:
        """Forget persons and accounts ("group_id:..."); gives what is to be committed at once."""

    def evict(self) -> None:
        """Give memory back; only after everything drained is committed."""
