"""The Python door: a workspace that can be used from plain, synchronous code."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Self, TypedDict, TypeVar, Unpack

import msgspec

from wegweiser.adapters.files import FolderLock
from wegweiser.ports.response_model import Model
from wegweiser.settings import Settings, read_settings
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.result import Answer
from wegweiser.workspace import operations
from wegweiser.workspace.engines import Engines, embedded, in_memory
from wegweiser.workspace.folder import Folder
from wegweiser.workspace.presence import FolderUnusable, take_folder
from wegweiser.workspace.publishing_door import PublishingDoor
from wegweiser.workspace.site import Site

T = TypeVar("T")
SOURCE = "python"
_FIELDS_OF_MORE = {
    "anonymous_id": "anonymousId",
    "context": "context",
    "timestamp": "timestamp",
    "message_id": "messageId",
}


class More(TypedDict, total=False):
    """What any event may say besides: an event with the same `message_id` is stored once.

    Without a `timestamp` it happened at this moment.
    """

    anonymous_id: str
    context: JsonObject
    timestamp: datetime | str
    message_id: str


class Workspace(PublishingDoor):
    """One organisation's data: events in, profiles, decisions and measures out.

    Ids are user ids; a folder is locked for this process until `close`.

    >>> import wegweiser
    >>> with wegweiser.open() as workspace:
    ...     workspace.track("u-1", "Demo Booked", {"topic": "sso"})
    ...     workspace.profile("user_id:u-1")["counters"]
    {'Demo Booked': 1}
    """

    def __init__(self, engines: Engines, settings: Settings, lock: FolderLock | None = None):
        self._lock = lock
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="workspace", daemon=True)
        self._thread.start()
        try:
            self.site = self.wait(_started(engines, settings))
        except BaseException:
            self._end_loop()
            raise

    @classmethod
    def open(cls, root: Path | str | None = None, make: bool = True) -> Self:
        """Open the workspace of a folder, or one in memory when there is no folder.

        Raises FolderUnusable when there is none and `make` is False, or it is in use.
        """
        if root is None:
            return cls(in_memory(), Settings())
        folder = Folder(Path(root))
        if not folder.exists and not make:
            raise FolderUnusable(
                f"There is no workspace in {root}. Make one with: wegweiser serve --data {root}"
            )
        lock = take_folder(Path(root))
        try:
            folder.make()
            settings = read_settings(folder.settings)
            return cls(embedded(Path(root), settings), settings, lock)
        except BaseException:
            lock.release()
            raise

    def wait(self, work: Coroutine[object, object, T]) -> T:
        """Run something on the workspace's event loop and give its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def track(
        self,
        user_id: str,
        event: str,
        properties: JsonObject | None = None,
        **more: Unpack[More],
    ) -> None:
        """Store that a person did something."""
        self._send(
            {"type": "track", "userId": user_id, "event": event}, more, properties=properties
        )

    def identify(
        self, user_id: str, traits: JsonObject | None = None, **more: Unpack[More]
    ) -> None:
        """Store what is known of a person."""
        self._send({"type": "identify", "userId": user_id}, more, traits=traits)

    def page(
        self, user_id: str, name: str, properties: JsonObject | None = None, **more: Unpack[More]
    ) -> None:
        """Store a page view."""
        self._send({"type": "page", "userId": user_id, "name": name}, more, properties=properties)

    def screen(
        self, user_id: str, name: str, properties: JsonObject | None = None, **more: Unpack[More]
    ) -> None:
        """Store that a view of an app was seen."""
        self._send({"type": "screen", "userId": user_id, "name": name}, more, properties=properties)

    def group(
        self,
        user_id: str,
        group_id: str,
        traits: JsonObject | None = None,
        **more: Unpack[More],
    ) -> None:
        """Store that a person belongs to an account, and what is known of the account."""
        self._send({"type": "group", "userId": user_id, "groupId": group_id}, more, traits=traits)

    def alias(self, previous_id: str, user_id: str, **more: Unpack[More]) -> None:
        """Store that a user id was replaced by another."""
        self._send({"type": "alias", "previousId": previous_id, "userId": user_id}, more)

    def _send(self, element: JsonObject, more: More, **parts: JsonObject | None) -> None:
        filled: JsonObject = element | {name: part for name, part in parts.items() if part}
        for name, field in _FIELDS_OF_MORE.items():
            value = more.get(name)
            if value is not None:
                filled[field] = msgspec.to_builtins(value)
        # It happens now: without a time of its own, nobody could tell it from what was erased.
        filled.setdefault("timestamp", format_instant(self.site.clock.now_ms()))
        tally = self.load([filled], source=SOURCE, kind="live")
        if tally["quarantined"]:
            row = list(self.export("quarantine"))[-1]
            raise InputRefused("quarantined", f"The event was set aside: {row.decode()}", 422)

    def load(
        self, elements: list[JsonObject], source: str = "files", kind: str = "bulk"
    ) -> dict[str, int]:
        """Store elements in the Segment manner; gives the counts of what became of them."""
        taken = self.run("load", {"elements": [*elements], "source": source, "kind": kind})
        assert isinstance(taken, dict)
        return {name: count for name, count in taken.items() if isinstance(count, int)}

    def profile(self, identifier: str) -> JsonObject:
        """Read one person by any identifier ("type:value"); raises NotFound."""
        return _object(self.run("profile", {"identifier": identifier}))

    def account(self, identifier: str) -> JsonObject:
        """Read one account by its identifier; raises NotFound."""
        return _object(self.run("account", {"identifier": identifier}))

    def decide(self, situation: JsonObject) -> JsonObject:
        """Decide as POST /v1/decide does."""
        return _object(self.run("decide", situation))

    def decide_batch(
        self,
        placement: str,
        subjects: Sequence[str] = (),
        *,
        segment: str = "",
        request_id: str = "",
        **shared: Json,
    ) -> JsonObject:
        """Decide for many ("type:value"), or all members of a segment, in a placement that sends.

        Comes back at the end, with the counts; `shared` (channel, locale, context) is part of
        every request. The same `request_id` is the same batch.
        """
        asked: JsonObject = {"placement": placement, **shared}
        asked |= {"segment": segment} if segment else {"subjects": [*subjects]}
        asked |= {"request_id": request_id} if request_id else {}
        return _object(self.run("decide_batch", asked | {"wait": True}))

    def wait_for_batch(self, batch_id: str) -> JsonObject:
        """Wait until a batch is done or cancelled, and give its counts; raises NotFound."""
        return _object(self.run("decide_batch_show", {"batch_id": batch_id, "wait": True}))

    def batch_results(self, batch_id: str) -> Iterator[JsonObject]:
        """Yield what was decided for each subject of a batch, in its order."""
        return self._pages("decide_batch_results", "results", {"batch_id": batch_id})

    def decisions(self, **wanted: str) -> Iterator[JsonObject]:
        """Yield decisions by `person`, `message`, `placement`, `status`, `since`, `until`.

        Oldest first; `person` is any identifier, the times are ISO texts.
        """
        return self._pages("decision_list", "decisions", {**wanted})

    def _pages(self, operation: str, rows: str, asked: JsonObject) -> Iterator[JsonObject]:
        after: Json = None
        while True:
            behind: JsonObject = {} if after is None else {"after": after}
            page = _object(self.run(operation, asked | behind))
            found = page[rows]
            yield from (_object(row) for row in (found if isinstance(found, list) else []))
            if (after := page["next"]) is None:
                return

    def outcome(self, outcomes: list[JsonObject]) -> Json:
        """Report outcomes as POST /v1/outcomes does; one status each."""
        return self.run("outcome", {"outcomes": [*outcomes]})

    def measure(self, name: str, **options: str) -> Answer:
        """Answer one measure; options as the command line names them, without dashes."""
        return self.wait(self.site.measure(name, options))

    def simulate(
        self,
        files: Mapping[str, str] | None = None,
        *,
        metric: str = "engaged",
        placement: str = "",
        start: str = "",
        end: str = "",
        segment: str = "",
    ) -> JsonObject:
        """Say what a draft would have chosen and earned; texts of YAML by name, as `apply` takes.

        Times are ISO dates, 30 days up to now without them. With a `segment` also what the draft
        would say now to its members. Nothing is published, reserved or counted.
        """
        wish: JsonObject = {
            "files": [[name, text] for name, text in (files or {}).items()],
            "metric": metric,
            "placement": placement,
            "from": start,
            "to": end,
            "segment": segment,
        }
        return _object(self.run("simulate", wish))

    def register_response(self, name: str, model: Model) -> None:
        """Let a model of one's own be a challenger, or be promoted to decide for everybody.

        It is told of all labels so far. Raises InputRefused for one that cannot state
        probabilities.
        """
        self.wait(self.site.deciding.learning.take_in(name, model))

    def why(self, decision_id: str) -> JsonObject:
        """Explain a decision: sentence, reasons, sums, what would have changed it; raises NotFound.

        `run("decision_recompute", ...)` and its neighbours prove it and decide it again.
        """
        return _object(self.run("decision_show", {"id": decision_id}))

    def run(self, operation: str, arguments: JsonObject) -> Json:
        """Run one operation by name."""
        return self.wait(operations.run(self.site, operation, arguments))

    def export(self, kind: str, options: Mapping[str, str] | None = None) -> Iterator[bytes]:
        """Yield everything of one kind as NDJSON lines, `profiles` as a table of `options`."""
        rows = operations.export(self.site, kind, options)
        while (row := self.wait(_next(rows))) is not None:
            yield row

    def close(self) -> None:
        """Commit, release the folder, end the event loop."""
        try:
            self.wait(self.site.stop())
        finally:
            self._end_loop()
            if self._lock is not None:
                self._lock.release()

    def _end_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


async def _started(engines: Engines, settings: Settings) -> Site:
    site = Site(engines, settings)
    await site.start(background=False)
    return site


async def _next(rows: AsyncIterator[bytes]) -> bytes | None:
    return await anext(rows, None)


def _object(value: Json) -> JsonObject:
    if not isinstance(value, dict):
        raise NotFound("There is no such document.")
    return value
