"""A site on which people join and share devices: what they send, and who is who afterwards."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count

from tests.flow.sites import NOW, caller, post, running
from wegweiser.collect.proof import user_hash
from wegweiser.terms.identity_rules import IdentityRules
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile import PersonProfile
from wegweiser.terms.record import Ruled
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

# Public evidence that is dated further back than thirty days joins nobody.
FIRST_DAY = NOW - 29 * DAY_MS
_numbers = count()


class Told:
    """A site in memory, with one source; moments are days after the first of thirty."""

    def __init__(self, site: Site):
        self.site = site

    async def public(self, *events: JsonObject) -> None:
        """Send with the key that anybody can read."""
        await self._send(False, events)

    async def server(self, *events: JsonObject) -> None:
        """Send with a secret key."""
        await self._send(True, events)

    async def _send(self, secret: bool, events: tuple[JsonObject, ...]) -> None:
        key, _ = caller(self.site, secret)
        for start in range(0, len(events), 400):
            batch = {"batch": [*events[start : start + 400]]}
            answer = await post(self.site, key, "/v1/batch", batch)
            assert answer.status == 200, answer.body

    def needs_proof(self) -> str:
        """Give the source a secret by which user ids are proven; from now on they must be."""
        caller(self.site)
        source = self.site.callers.named("shop")
        assert source is not None
        return self.site.callers.user_hash_secrets(source, new=True)[0]

    async def govern(self, rules: IdentityRules) -> None:
        """Let rules count from here on."""
        await self.site.intake.append(Ruled(at=NOW, by="ada", rules=rules))

    async def whole(self) -> None:
        """Wait until everything acknowledged is folded and everybody is computed."""
        await self.site.settle()

    async def alarms(self) -> list[JsonObject]:
        """Ask for the alarms that nobody has seen and whose cause lasts."""
        found = await operations.run(self.site, "alarm_list", {"open": True})
        assert isinstance(found, dict)
        listed = found["alarms"]
        assert isinstance(listed, list)
        return [one for one in listed if isinstance(one, dict)]

    def same(self, *names: str) -> bool:
        """Tell whether all of these are one person."""
        found = {self.id_of(name) for name in names}
        assert None not in found, names
        return len(found) == 1

    def apart(self, a: str, b: str) -> bool:
        """Tell whether two are not one person; whoever has no events is nobody."""
        return self.id_of(a) != self.id_of(b)

    def id_of(self, name: str) -> str | None:
        """Give the id of whoever has an identifier."""
        return self.site.unifier.directory.find(name)

    def of(self, name: str) -> PersonProfile:
        """Give the profile of whoever has an identifier."""
        return self.site.views.person(self.id_of(name) or "")

    def views(self, name: str) -> int:
        """Count the page views of whoever has an identifier."""
        return self.of(name).counters.get("Page Viewed", 0)

    def reasons(self, a: str, b: str) -> set[str]:
        """Give why two identifiers are not one person."""
        found = self.site.unifier.directory.why(a, b)
        return {refusal.reason for refusal in found.refusals}

    def lineage(self) -> list[str]:
        """Give what happened to persons, as far as it was not asked before."""
        return [one.event for one in self.site.unifier.directory.take_lineage()]


def told(story: Callable[[Told], Awaitable[None]]) -> None:
    """Tell a story on a site of its own."""

    async def whole() -> None:
        async with running("") as site:
            await story(Told(site))

    asyncio.run(whole())


def event(day: float = 0.0, **fields: Json) -> JsonObject:
    """Write an event of a day, by default a page view; every one is another one."""
    return {
        "type": "page",
        "name": "Start",
        "messageId": f"story-{next(_numbers)}",
        "timestamp": format_instant(FIRST_DAY + int(day * DAY_MS)),
        **fields,
    }


def identify(day: float = 0.0, proven_by: str = "", **fields: Json) -> JsonObject:
    """Write an identify call; with a secret the user id is proven."""
    if proven_by:
        fields["context"] = {"userHash": user_hash(proven_by, str(fields["userId"]))}
    return event(day, **{"type": "identify", **fields})
