"""What configuration says of other ways in: mappings, webhooks, pulls; checked as one."""

from collections.abc import Callable, Mapping

from wegweiser.collect.hook import HookWrong, compile_hook, misread_hook, secret_of
from wegweiser.collect.mapping import OF_HOOKS, OF_ROWS, compile_mapping, mapping_variables
from wegweiser.collect.proof_of_hook import usable_secret
from wegweiser.decide.document import Documents, Loose
from wegweiser.flow.hook_book import HookBook
from wegweiser.flow.mappings import DocumentBook, MappingBook, Put
from wegweiser.flow.pulls import read_pull
from wegweiser.flow.tables import PULLS
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wrong import wrong


class WaysIn:
    """The books of all three; `require_allowed` raises for a function that may not be pulled."""

    def __init__(
        self, store: OperationalStore, clock: Clock, require_allowed: Callable[[str], None]
    ):
        self.mappings = MappingBook(store)
        self.hooks = HookBook(store, clock)
        self.pulls = DocumentBook(store, PULLS)
        self._require_allowed = require_allowed

    def check(self, documents: Documents) -> None:
        """Raise DocumentRefused for the first fault, before anything is kept."""
        mappings = {found.key: found for found in documents.of_kind("mapping")}
        for found in mappings.values():
            spoken = mapping_variables(found.fields)
            compile_mapping(found.fields, spoken, found.file, found.line)
        for found in documents.of_kind("hook"):
            self._check_secret(found)
            hook = compile_hook(found.fields, found.file, found.line)
            for key in hook.mappings:
                self._check_use(key, OF_HOOKS, mappings, found)
        for kept in self.hooks.all():
            for key in self.hooks.get(kept.key).mappings:
                if key in mappings:
                    self._check_use(key, OF_HOOKS, mappings, mappings[key])
        for found in documents.of_kind("pull"):
            pull = read_pull(found.fields, found.file, found.line, self._require_allowed)
            self._check_use(pull.mapping, OF_ROWS, mappings, found)

    def _check_secret(self, found: Loose) -> None:
        """Refuse a secret that this verification cannot use, stated here or kept before."""
        try:
            secret = secret_of(found.fields)
        except HookWrong as error:
            raise DocumentRefused(found.file, found.line, misread_hook(error)) from error
        verification = compile_hook(found.fields, found.file, found.line).verification
        if secret and not usable_secret(verification, secret):
            raise DocumentRefused(found.file, found.line, wrong("bad_secret").of("hook"))
        kept = self.hooks.secrets(str(found.fields.get("key")))
        usable = any(usable_secret(verification, one) for one in (secret, *kept))
        if kept and verification.needs_secret and not usable:
            raise DocumentRefused(found.file, found.line, wrong("kept_secret").of("hook"))

    def _check_use(
        self,
        key: str,
        variables: tuple[str, ...],
        applied: Mapping[str, Loose],
        user: Loose,
    ) -> None:
        """Refuse a user of a mapping that there is not, or that speaks of something else."""
        document: JsonObject | None = (
            applied[key].fields if key in applied else self.mappings.get(key)
        )
        if document is None:
            reason = wrong("no_mapping", name=user.name, key=key)
            raise DocumentRefused(user.file, user.line, reason)
        compile_mapping(document, variables, user.file, user.line)

    def put(self, documents: Documents) -> Put:
        """Keep what was checked."""
        return (
            self.mappings.put(found.fields for found in documents.of_kind("mapping"))
            + self.hooks.put(found.fields for found in documents.of_kind("hook"))
            + self.pulls.put(found.fields for found in documents.of_kind("pull"))
        )
