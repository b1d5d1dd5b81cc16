"""Long work as a value: what it is, how far, and what came of it."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Literal

import msgspec

from wegweiser.terms.instant import MINUTE_MS
from wegweiser.terms.json import JsonObject
from wegweiser.terms.role import Right

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

State = Literal["running", "over", "cancelled", "failed", "interrupted"]
# Whoever works elsewhere and says nothing for so long is taken for gone.
SILENT_MS = 5 * MINUTE_MS


class Stopped(Exception):
    """Somebody cancelled this work, or the server ends."""


class Work(msgspec.Struct):
    """One long work; times in ms UTC.

    `subject` says on what, without naming a person. `total` is 0 where nobody knows it. `given`
    is what it was begun with, `cursor` from where it goes on after a stop, `found` what came of
    it so far. `changes` rises with everything that can be seen. `elsewhere`: another process does
    it and reports.
    """

    work_id: str
    kind: str
    subject: str
    by: str
    started_at: int
    seen_at: int
    done: int = 0
    total: int = 0
    state: State = "running"
    ended_at: int = 0
    changes: int = 0
    elsewhere: bool = False
    given: JsonObject = {}
    cursor: JsonObject = {}
    found: JsonObject = {}

    def state_at(self, now: int) -> State:
        """Give the state; work that is done elsewhere and fell silent counts as interrupted."""
        silent = self.elsewhere and now - self.seen_at > SILENT_MS
        return "interrupted" if silent and self.state == "running" else self.state


class Progress(msgspec.Struct, frozen=True):
    """What a runner is given to tell how far it is; `step` raises Stopped when it has to end.

    `note` writes down at once from where it goes on, before anything is done that counts once.
    """

    work: Work
    step: "Step"
    note: Callable[[JsonObject], None]


Step = Callable[[int, int, JsonObject, JsonObject], Awaitable[None]]
"""Takes done, total, cursor and found."""


class Kind(msgspec.Struct, frozen=True):
    """A kind of long work: how it runs, and who may begin, see and cancel it.

    `whole`: it has no steps; to cancel it is to give up waiting. `secret`: what it was given
    names somebody, is never written down, and so cannot go on after a restart. `final`: once
    begun it is brought to its end.
    """

    name: str
    right: Right
    run: "Callable[[Site, Progress], Awaitable[JsonObject]] | None" = None
    whole: bool = False
    secret: bool = False
    final: bool = False
