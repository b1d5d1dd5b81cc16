"""The demo company, played through the same doors as anybody's events."""

import asyncio
import base64
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec

from wegweiser.adapters.machine import MachineClock
from wegweiser.adapters.memory import MemoryClock
from wegweiser.demo.acts import Act, Question, Reply, Report, Send
from wegweiser.demo.bundle import documents
from wegweiser.demo.world import World
from wegweiser.flow.callers import Callers, NewSource
from wegweiser.flow.choose import STREAM_KEY
from wegweiser.flow.tables import BUYING_GROUPS, MODELS, SETTINGS, SOURCES
from wegweiser.ports.operational_store import Change
from wegweiser.settings import Settings
from wegweiser.terms.errors import WegweiserError
from wegweiser.terms.instant import DAY_MS, day_of
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wire import WireRequest
from wegweiser.workspace.demo_story import keep_story
from wegweiser.workspace.engines import Engines, embedded, in_memory
from wegweiser.workspace.folder import Folder
from wegweiser.workspace.presence import take_folder
from wegweiser.workspace.site import Site

RECORDS_PER_APPEND = 2_000
Progress = Callable[[float], None]


class Player:
    """Plays a world against a site: its acts become HTTP requests at their own times."""

    def __init__(self, site: Site, clock: MemoryClock):
        self._site = site
        self._clock = clock
        made = site.callers.create("demo")
        self._keys = made
        self._caller = site.callers.of_key(made.secret_key)
        self._learned_day = 0

    async def play(self, world: World, progress: Progress) -> None:
        """Play all acts in order, learning once a day."""
        acts = world.acts()
        act = next(acts, None)
        while act is not None:
            self._clock.advance(act.at - self._clock.now_ms())
            if day_of(act.at) > self._learned_day:
                self._learned_day = day_of(act.at)
                progress((act.at - world.start) / (world.end - world.start))
                await self._site.deciding.learn()
            reply = await self._do(act)
            try:
                act = acts.send(reply)
            except StopIteration:
                act = None
        await self._site.intake.checkpoint()

    async def _do(self, act: Act) -> Reply | None:
        match act:
            case Send(elements=elements, trusted=trusted):
                await self._send(list(elements), trusted)
            case Question(body=body):
                return await self._site.deciding.chooser.decide(body, self._caller)
            case Report(outcomes=outcomes):
                await self._site.deciding.desk.report([*outcomes], self._caller)
        return None

    async def _send(self, elements: list[JsonObject], trusted: bool) -> None:
        key = self._keys.secret_key if trusted else self._keys.write_key
        authorization = base64.b64encode(f"{key}:".encode()).decode()
        response = await self._site.receiver.receive(
            WireRequest(
                "POST",
                "/v1/batch",
                headers={"authorization": f"Basic {authorization}"},
                body=msgspec.json.encode({"batch": elements}),
            )
        )
        if response.status != 200:
            raise WegweiserError(f"The demo's events were refused: {response.body!r}")


async def play_in_memory(world: World, documents: str, progress: Progress) -> Site:
    """Play a world on engines in memory; the site is still open."""
    clock = MemoryClock(world.start, world.seed)
    site = Site(in_memory(clock), Settings())
    await site.start(background=False)
    await site.applier.apply([("demo.yaml", documents)])
    await Player(site, clock).play(world, progress)
    keep_story(site.engines.store, world, lambda group_id: back_at_explore(site, group_id))
    return site


def back_at_explore(site: Site, group_id: str) -> float:
    """Give the belief that an account explores now, where its page shows that; else 0."""
    views, found = site.views, site.views.find_account(f"group_id:{group_id}")
    if found is None:
        return 0.0
    if [*views.course_of_account(found, [site.engines.clock.now_ms()]).stages] != ["explore"]:
        return 0.0
    told = views.stage_of_account(found)["probabilities"]
    share = told.get("explore") if isinstance(told, dict) else None
    return share if isinstance(share, float) else 0.0


def make_demo(root: Path, seed: int, days: int, progress: Progress) -> NewSource | None:
    """Make the demo company in a folder; None when a workspace is there already.

    Its days end today. The same seed on the same day makes the same data.
    """
    if Folder(root).exists:
        return None
    # Built aside and renamed at the end, so that a half-made company is never served.
    aside = root.with_name(root.name + ".making")
    shutil.rmtree(aside, ignore_errors=True)
    lock = take_folder(aside)
    try:
        clock = MachineClock()
        start = (day_of(clock.now_ms()) - days) * DAY_MS
        world = World(seed, days=days, start=start)
        keys = asyncio.run(_make(aside, world, progress))
    finally:
        lock.release()
    aside.rename(root)
    return keys


async def _make(root: Path, world: World, progress: Progress) -> NewSource:
    played = await play_in_memory(world, documents(), progress)
    engines = embedded(root, Settings())
    keep_story(engines.store, world, lambda group_id: back_at_explore(played, group_id))
    _copy_log(played.engines, engines)
    # What the log does not say: keys, models, and documents that no bundle holds.
    for table in (SOURCES, MODELS, BUYING_GROUPS):
        rows = [Change(table, key, value) for key, value in played.engines.store.scan(table)]
        engines.store.commit(rows)
    # With the secret of its draws every decision of the demo can be computed again.
    drawn_with = played.engines.store.get(SETTINGS, [STREAM_KEY])[0]
    engines.store.commit([Change(SETTINGS, STREAM_KEY, drawn_with)])
    (root / "settings.json").write_bytes(msgspec.json.encode({"demo": True}))
    callers = Callers(engines.store, engines.clock)
    keys = callers.add_keys(callers.sources()[0])
    engines.close()
    await played.stop()
    return keys


def _copy_log(played: Engines, engines: Engines) -> None:
    """Write the played log, which is the truth, into the folder; the first start folds it."""
    payloads = [payload for _, payload in played.log.read(0)]
    for start in range(0, len(payloads), RECORDS_PER_APPEND):
        engines.log.append(payloads[start : start + RECORDS_PER_APPEND])
