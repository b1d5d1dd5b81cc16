"""The part of the Python door that publishes: apply, check, drafts, roll back, test rules."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from wegweiser.terms.json import Json, JsonObject


class PublishingDoor(ABC):
    """Methods of a workspace; configuration is YAML text by file name."""

    @abstractmethod
    def run(self, operation: str, arguments: JsonObject) -> Json:
        """Run one operation by name."""

    def apply(
        self, files: Mapping[str, str], *, by: str = "", reason: str = "", prune: bool = False
    ) -> JsonObject:
        """Publish configuration; `prune` takes out what is in none of the files.

        Raises DocumentRefused with all faults. `by` and `reason` are kept with what is published.
        """
        wish: JsonObject = {"files": _pairs(files), "by": by, "reason": reason, "prune": prune}
        return _object(self.run("apply", wish))

    def validate(self, files: Mapping[str, str], *, prune: bool = False) -> JsonObject:
        """Check configuration and change nothing: faults, warnings, and what would change."""
        return _object(self.run("bundle_validate", {"files": _pairs(files), "prune": prune}))

    def bundles(self) -> list[JsonObject]:
        """List what was published, newest first: number, hash, who, when and why."""
        return _rows(self.run("bundle_list", {"limit": 1_000}))

    def export_bundle(self, number: int | None = None) -> dict[str, str]:
        """Give a published bundle (the newest) as YAML by file name, which `apply` reads."""
        files = _object(self.run("bundle_export", {"number": number}))
        return {name: str(text) for name, text in files.items()}

    def rollback(self, number: int, *, by: str = "", reason: str = "") -> JsonObject:
        """Publish an old bundle again under a new number; raises NotFound."""
        wish: JsonObject = {"number": number, "by": by, "reason": reason}
        return _object(self.run("bundle_rollback", wish))

    def save_draft(
        self, name: str, files: Mapping[str, str], *, by: str = "", reason: str = ""
    ) -> JsonObject:
        """Keep configuration as a draft; tells what is wrong with it and what it would change."""
        wish: JsonObject = {"name": name, "files": _pairs(files), "by": by, "reason": reason}
        return _object(self.run("draft_save", wish))

    def submit_draft(self, name: str, *, by: str = "") -> JsonObject:
        """Ask for the review of a draft; raises DocumentRefused with its faults."""
        return _object(self.run("draft_submit", {"name": name, "by": by}))

    def approve_draft(self, name: str, *, by: str = "") -> JsonObject:
        """Approve a submitted draft; raises InputRefused where another person has to."""
        return _object(self.run("draft_approve", {"name": name, "by": by}))

    def publish_draft(self, name: str, *, by: str = "", reason: str = "") -> JsonObject:
        """Publish a draft, which is none any more then."""
        return _object(self.run("draft_publish", {"name": name, "by": by, "reason": reason}))

    def test_rule(
        self, rule: str, profiles: Sequence[str], *, context: JsonObject | None = None
    ) -> list[JsonObject]:
        """Say of each profile ("type:value") whether a rule holds, and what made it fail."""
        wish: JsonObject = {"rule": rule, "profiles": [*profiles], "context": context or {}}
        return _rows(_object(self.run("rule_test", wish))["profiles"])


def _pairs(files: Mapping[str, str]) -> list[Json]:
    return [[name, text] for name, text in files.items()]


def _object(found: Json) -> JsonObject:
    assert isinstance(found, dict)
    return found


def _rows(found: Json) -> list[JsonObject]:
    assert isinstance(found, list)
    return [row for row in found if isinstance(row, dict)]
