"""Persons whose evidence ties them to nobody else, as their rows tell them: nothing is computed."""

from wegweiser.flow.owner_book import owner_row
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.resolve.account_index import Plain
from wegweiser.resolve.directory import Directory
from wegweiser.terms.identity import Leaf

# Whoever has more identifiers is computed.
MOST_NAMES = 16


class PlainPersons:
    """Reads rows that are committed; only as good as the last commit."""

    def __init__(self, directory: Directory, store: OperationalStore):
        self._directory = directory
        self._store = store

    def with_leaf(self, leaf: Leaf) -> Plain | None:
        """Give the person of a leaf where all of its leaves are its own on every day, else None.

        That is so where its row names exactly what evidence ties together: no device in it is
        shared, no claim and no session goes another way, and nobody said anything.
        """
        directory = self._directory
        names = directory.tied(leaf, MOST_NAMES)
        if len(names) > MOST_NAMES or directory.judgements():
            return None
        person_id = directory.first_id(names)
        row = owner_row(self._store, person_id) if person_id else None
        if row is None or row.apart or row.kept or leaf not in row.leaves:
            return None
        return Plain(person_id, row.leaves) if names == {*row.leaves, *row.names} else None
