"""Files of many messages: whole or not at all, acknowledged within a day or taken back."""

import asyncio
from collections.abc import Iterator
from typing import Literal, Protocol

import msgspec

from wegweiser.deliver.audience_file import file_of, manifest_of
from wegweiser.deliver.receipt import Delivery, DeliveryState
from wegweiser.flow.send import Sender
from wegweiser.flow.tables import AUDIENCE_FILES
from wegweiser.flow.unify import Unifier
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import DAY_MS, day_of, format_day
from wegweiser.terms.ulid import ulid

LEASE_MS = DAY_MS
MOST_ROWS = 50_000
# What became of a file can be looked up so long after its lease.
KEPT_MS = 90 * DAY_MS
_ENDED = ("acknowledged", "expired")


class AudienceFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One file: where it lies, what is in it, and until when (ms) it can be acknowledged.

    It is `taken` from the word of its receiver on until all of its messages are told delivered.
    """

    file_id: str
    endpoint: str
    folder: str
    name: str
    form: Literal["csv", "parquet"]
    at: int
    lease_until: int
    parcels: tuple[str, ...]
    state: Literal["writing", "waiting", "taken", "acknowledged", "expired"] = "writing"


class Folder(Protocol):
    """Where files are left for their receivers."""

    async def put(self, folder: str, name: str, content: bytes) -> None:
        """Let a file appear, whole; one of this name is replaced."""

    async def remove(self, folder: str, name: str) -> None:
        """Take a file away; none is as good."""


class AudienceFiles:
    """Writes what is due into one file per endpoint, and waits for the word that it was taken."""

    def __init__(
        self,
        unifier: Unifier,
        sender: Sender,
        store: OperationalStore,
        clock: Clock,
        folder: Folder,
    ):
        self._unifier = unifier
        self._sender = sender
        self._store = store
        self._clock = clock
        self._folder = folder
        # One at a time: what is written, taken back or acknowledged is so as a whole.
        self._alone = asyncio.Lock()

    async def run(self) -> None:
        """Finish what a crash left half done, take back silent files, write new ones."""
        async with self._alone:
            await self._run()

    async def _run(self) -> None:
        now = self._clock.now_ms()
        for file in list(self.all()):
            if file.state == "writing":
                await self._write(file)
            elif file.state == "taken":
                await self._delivered(file)
            elif file.state == "waiting" and file.lease_until <= now:
                await self._expire(file)
            elif file.state in _ENDED and file.lease_until < now - KEPT_MS:
                self._store.commit([Change(AUDIENCE_FILES, file.file_id.encode(), None)])
        for endpoint in self._unifier.policies.bundle.endpoints:
            if not endpoint.format:
                continue
            found = (await self._sender.cleared(endpoint))[:MOST_ROWS]
            if not found:
                continue
            name = ulid(now, self._clock.random_bytes(10))
            file = AudienceFile(
                file_id=f"aud_{name}",
                endpoint=endpoint.key,
                folder=endpoint.target,
                name=f"{format_day(day_of(now))}-{name.lower()}.{endpoint.format}",
                form=endpoint.format,
                at=now,
                lease_until=now + LEASE_MS,
                parcels=tuple(one.parcel.parcel_id for one in found),
            )
            self._sender.lease(found, _change(file))
            await self._write(file)

    def all(self) -> Iterator[AudienceFile]:
        """Yield all files, oldest first."""
        for _, value in self._store.scan(AUDIENCE_FILES):
            yield msgspec.json.decode(value, type=AudienceFile)

    async def acknowledge(self, file_id: str) -> AudienceFile:
        """Take the word of a receiver that it has a file: its messages are delivered.

        Once more does no harm. Raises NotFound, InputRefused (409) after the lease has ended.
        """
        async with self._alone:
            return await self._acknowledged(file_id)

    async def _acknowledged(self, file_id: str) -> AudienceFile:
        stored = self._store.get(AUDIENCE_FILES, [file_id.encode()])[0]
        if stored is None:
            raise NotFound("There is no audience file of this id.")
        file = msgspec.json.decode(stored, type=AudienceFile)
        if file.state == "acknowledged":
            return file
        if file.state == "taken":
            return await self._delivered(file)
        if file.state != "waiting" or file.lease_until <= self._clock.now_ms():
            told = "The file was not acknowledged in time; its messages were decided anew."
            raise InputRefused("lease_ended", told, 409, "id")
        # The word counts from here on, for the file as a whole, whatever is cut off on the way.
        return await self._delivered(self._keep(msgspec.structs.replace(file, state="taken")))

    async def _delivered(self, file: AudienceFile) -> AudienceFile:
        await self._end(file, "delivered", "acknowledged")
        return self._keep(msgspec.structs.replace(file, state="acknowledged"))

    async def _write(self, file: AudienceFile) -> None:
        """Leave the file, then its manifest: without one a receiver takes nothing."""
        parcels = [one.parcel for one in self._leased(file)]
        content = file_of(parcels, file.form)
        await self._folder.put(file.folder, file.name, content)
        manifest = manifest_of(file.name, content, parcels, file.lease_until)
        await self._folder.put(file.folder, f"{file.name}.manifest.json", manifest)
        self._keep(msgspec.structs.replace(file, state="waiting"))

    async def _expire(self, file: AudienceFile) -> None:
        """Take a file back that nobody spoke of: its contacts are free again."""
        await self._folder.remove(file.folder, f"{file.name}.manifest.json")
        await self._folder.remove(file.folder, file.name)
        await self._end(file, "withdrawn", "nobody acknowledged the file within a day")
        self._keep(msgspec.structs.replace(file, state="expired"))

    async def _end(self, file: AudienceFile, state: DeliveryState, detail: str) -> None:
        for one in list(self._leased(file)):
            await self._sender.end(msgspec.structs.replace(one, state=state, detail=detail))

    def _leased(self, file: AudienceFile) -> Iterator[Delivery]:
        """Yield what lies in a file; who was erased meanwhile is not in it."""
        for parcel_id in file.parcels:
            delivery = self._sender.one(parcel_id)
            if delivery is not None and delivery.state == "leased":
                yield delivery

    def _keep(self, file: AudienceFile) -> AudienceFile:
        self._store.commit([_change(file)])
        return file


def _change(file: AudienceFile) -> Change:
    return Change(AUDIENCE_FILES, file.file_id.encode(), msgspec.json.encode(file))
