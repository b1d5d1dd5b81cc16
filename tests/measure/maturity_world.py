"""Six organisations, one step further each, made by events and operations as anybody makes them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import numpy as np

from wegweiser.adapters.memory import MemoryClock
from wegweiser.settings import Settings
from wegweiser.terms.instant import DAY_MS, format_day, format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wire import WireRequest
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.operations import run
from wegweiser.workspace.site import Site

NOW = 20_700 * DAY_MS + DAY_MS // 2
BEGAN = NOW - 60 * DAY_MS
BEGAN_AT = format_instant(BEGAN)
PEOPLE = 400
HISTORY_WEEKS = 60
PATHS = ("/", "/prices", "/boots", "/gloves", "/help", "/about")
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
WATCH: JsonObject = {"kind": "watch", "key": "site", "series": ["visits"], "at": "06:00"}
BUNDLE = """
{kind: placement, key: home.hero, channel: web, slots: 1, allow_nothing: false}
---
{kind: goal, key: sale, when: 'event == "Order Completed"', window_days: 14, worth: 40}
---
{kind: message, key: spring, goal: sale, value: 40,
 variants: [{key: plain, channel: web, content: {title: Spring}}]}
---
{kind: arms, nothing: 0.5, random: 0, no_levers: 0, rules_only: 0, eligible_only: 0}
"""


class Situation:
    """One organisation on engines in memory, whose clock stands 60 days before now."""

    def __init__(self, site: Site, clock: MemoryClock):
        self.site = site
        self.clock = clock
        self._keys = site.callers.create("shop")
        self._luck = np.random.default_rng(7)
        self._later: list[JsonObject] = []

    async def send(self, elements: list[JsonObject]) -> None:
        """Send events with the secret key, 500 a request."""
        for start in range(0, len(elements), 500):
            body = msgspec.json.encode({"batch": elements[start : start + 500]})
            request = WireRequest(
                "POST", "/v1/batch", headers={"x-write-key": self._keys.secret_key}, body=body
            )
            response = await self.site.receiver.receive(request)
            assert response.status == 200, response.body

    async def ask(self, name: str, **arguments: Json) -> Json:
        """Run an operation."""
        return await run(self.site, name, arguments)

    def until(self, at: int) -> None:
        """Let time pass up to a moment."""
        self.clock.advance(at - self.clock.now_ms())

    async def web(self, whole: bool) -> None:
        """Page views of 91 days; `whole` with time, searches, downloads and consent."""
        events = []
        for day in range(91):
            for n in range(6 + day * 7 % 5):
                who = f"u{(day * 11 + n) % PEOPLE}"
                at = BEGAN + (day - 30) * DAY_MS - n * 3_600_000
                events += _view(who, at, f"{day}-{n}", whole)
        await self.send(events)

    async def orders(self, joined: bool) -> None:
        """Orders of the 60 days, with or without whoever bought, and of people of the past."""
        events = [*self._later]
        for day in range(60):
            known = (
                {"userId": f"u{(2 * day + 1) % PEOPLE}"}
                if joined
                else {"anonymousId": f"till-{day}"}
            )
            events.append(_order(BEGAN + day * DAY_MS, f"o{day}", 50.0) | known)
        if joined:
            back: JsonObject = {"order_id": "o3", "total": 50.0, "currency": "EUR"}
            refund = _track("Order Refunded", BEGAN + 10 * DAY_MS, "r1", back)
            events.append(refund | {"userId": "u7"})
        await self.send(events)

    async def finance(self) -> None:
        """Load the total of finance for the last 60 days: what the ledger says."""
        found = await self.site.measure("revenue.ledger", {"from": format_day(BEGAN // DAY_MS)})
        total = next(one for one in found.results if one.name == "revenue.ledger.revenue")
        day = BEGAN // DAY_MS
        rows: list[Json] = [
            {"day": format_day(day), "name": "finance", "role": "sales", "value": 0},
            {"day": format_day(day + 59), "name": "finance", "role": "sales",
             "value": total.estimate},
        ]  # fmt: skip
        await self.ask("series_load", file="finance.csv", rows=rows)

    async def past(self, buys: bool = False) -> None:
        """A year of people who came and read; where they buy, again and again until they leave."""
        events = []
        first = BEGAN - HISTORY_WEEKS * 7 * DAY_MS
        for number in range(PEOPLE):
            who, at = f"u{number}", first + int(self._luck.integers(20 * 7)) * DAY_MS
            events += self._read(who, at, f"past-{number}")
            if number % 2 == 0 and buys:
                for order in self._bought(who, at + 9 * DAY_MS, number):
                    (events if str(order["timestamp"]) < BEGAN_AT else self._later).append(order)
            elif number % 8 == 0:
                events.append(_order(at + 9 * DAY_MS, f"past-{number}", 30.0) | {"userId": who})
        await self.send(events)

    def _read(self, who: str, at: int, view: str) -> list[JsonObject]:
        paths = [path for path in PATHS if self._luck.random() < 0.3] or ["/"]
        return [_page(who, at + n * 60_000, f"{view}-{n}", path) for n, path in enumerate(paths)]

    def _bought(self, who: str, at: int, number: int) -> list[JsonObject]:
        events, count = [], 0
        rate, stops = self._luck.gamma(2.0, 0.06), self._luck.beta(0.8, 3.0)
        while at < NOW:
            worth = float(np.round(self._luck.gamma(6.0, 8.0), 2))
            events.append(_order(at, f"past-{number}-{count}", worth) | {"userId": who})
            if self._luck.random() < stops:
                break
            at += max(1, int(self._luck.exponential(7 / rate))) * DAY_MS
            count += 1
        return events

    async def experiment(self) -> None:
        """Show one message to about half of 600 people; who sees it buys more often."""
        caller = self.site.callers.of_key(self._keys.secret_key)
        events = []
        await self.send(
            [
                view
                for number in range(600)
                for view in self._read(f"t{number}", BEGAN - 40 * DAY_MS, f"test-{number}")
            ]
        )
        for number in range(600):
            who = f"t{number}"
            body: JsonObject = {"userId": who, "placements": ["home.hero"]}
            found = await self.site.deciding.chooser.decide(body, caller)
            told = msgspec.json.decode(msgspec.json.encode(found))
            shown = "spring" in msgspec.json.encode(told).decode()
            if self._luck.random() < (0.5 if shown else 0.2):
                order = _order(BEGAN + DAY_MS, f"t-{number}", 40.0)
                events.append(order | {"userId": who})
        await self.send(events)

    async def costs(self) -> None:
        """Load what was spent: media of the one message, service by customer."""
        day = BEGAN // DAY_MS
        rows: list[Json] = [
            {"day": format_day(day + n), "kind": "media", "message": "spring", "campaign": "spring",
             "amount": "5.00", "currency": "EUR", "person_id": f"u{n}"}
            for n in range(60)
        ]  # fmt: skip
        await self.ask("cost_load", file="costs.csv", rows=rows)

    async def plan(self) -> None:
        """Plan the next period by what the experiment showed, and hand the plan over."""
        options: JsonObject = {"goal": "sale", "margin": "40", "costs": "20", "window_days": "14"}
        await self.ask("effort_draft", options=options)

    async def watch(self) -> None:
        """Declare what is to be watched, and let it look for the first time."""
        told = msgspec.json.encode(WATCH).decode()
        await self.site.applier.apply([("watch.yaml", told)])
        await self.site.alarms.desk.run()

    async def read_monthly(self, name: str) -> None:
        """Read a measure in each of the months that pass."""
        for days in (5, 35):
            self.until(BEGAN + days * DAY_MS)
            await self.site.measure(name, {})


@asynccontextmanager
async def situation() -> AsyncIterator[Situation]:
    """Open an organisation that begins 60 days ago."""
    clock = MemoryClock(BEGAN, 1)
    site = Site(in_memory(clock), Settings())
    await site.start(background=False)
    await site.applier.apply([("bundle.yaml", BUNDLE)])
    try:
        yield Situation(site, clock)
    finally:
        await site.stop()


def _track(name: str, at: int, message: str, properties: JsonObject) -> JsonObject:
    return {
        "type": "track",
        "event": name,
        "messageId": message,
        "timestamp": format_instant(at),
        "properties": properties,
        "context": _context(),
    }


def _order(at: int, order: str, worth: float) -> JsonObject:
    told: JsonObject = {"order_id": order, "revenue": worth, "currency": "EUR"}
    return _track("Order Completed", at, f"order-{order}", told)


def _context() -> JsonObject:
    return {
        "userAgent": AGENT,
        "location": {"country": "DE"},
        "consent": {"categoryPreferences": {"measurement": True, "personalisation": True}},
    }


def _page(who: str, at: int, view: str, path: str) -> JsonObject:
    url = f"https://www.example.com{path}"
    return {
        "type": "page",
        "userId": who,
        "messageId": f"view-{view}",
        "timestamp": format_instant(at),
        "properties": {"url": url, "path": path, "page_view_id": f"view-{view}"},
        "context": _context(),
    }


def _view(who: str, at: int, view: str, whole: bool) -> list[JsonObject]:
    page = _page(who, at, view, "/" if view.endswith("0") else "/prices")
    if not whole:
        context = {name: told for name, told in _context().items() if name != "consent"}
        return [page | {"context": context}]
    told: list[tuple[str, JsonObject]] = [
        ("Engaged Time", {"seconds": 20, "page_view_id": f"view-{view}"}),
        ("Search Performed", {"query": "boots", "results_count": 3}),
        ("File Downloaded", {"file_name": "guide.pdf"}),
    ]
    more = [
        _track(name, at + 1_000 * (n + 1), f"{view}-{n}", stated) | {"userId": who}
        for n, (name, stated) in enumerate(told)
    ]
    return [page, *more]
