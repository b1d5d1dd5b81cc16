"""Outcomes told with a token in place of a key: by a browser, by a picture, by a link."""

from collections import OrderedDict

from wegweiser.decide.track import click_kind
from wegweiser.flow.callers import Callers
from wegweiser.flow.mail_clicks import MailClicks
from wegweiser.flow.report_outcomes import Forbid, OutcomeDesk, OutcomeStatus, told_by_browser
from wegweiser.flow.tracks import Tracks
from wegweiser.ports.clock import Clock
from wegweiser.terms.decision import Decision, Item
from wegweiser.terms.errors import ComeAgain, InputRefused
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.outcome import Outcome, OutcomeKind
from wegweiser.terms.source import Caller, Trust
from wegweiser.terms.wire import WireRequest

# More than any visitor does to one message; a token in wrong hands must not fill the disk.
MOST_PER_DECISION = 200
_DECISIONS_REMEMBERED = 20_000


class KeylessDesk:
    """Takes what tokens vouch for: outcomes of their own decision, such as browsers see them."""

    def __init__(
        self,
        desk: OutcomeDesk,
        tracks: Tracks,
        callers: Callers,
        clock: Clock,
        mail_clicks: MailClicks,
    ):
        self._desk = desk
        self._mail_clicks = mail_clicks
        self._tracks = tracks
        self._callers = callers
        self._clock = clock
        self._told: OrderedDict[str, int] = OrderedDict()

    async def report(self, token: str, body: Json) -> list[OutcomeStatus]:
        """Store outcomes of the token's decision; give one status each, in order.

        What an outcome leaves out (decision, placement, slot) is that of the token's item. Raises
        KeyRefused `bad_token` (401) and ComeAgain after very many outcomes of one decision.
        """
        decision, index = self._tracks.opened(token, "track")
        if isinstance(body, list):
            self._count(decision, len(body))
            body = [_filled(one, decision, index) for one in body]
        return await self._desk.report(body, self._caller(decision), _only(decision))

    async def seen(self, token: str) -> None:
        """Note that the picture of an item was fetched, once for the item; raises KeyRefused."""
        decision, index = self._tracks.opened(token, "track")
        if index < len(decision.items):
            await self._note("seen", decision, decision.items[index])

    async def clicked(self, token: str, request: WireRequest) -> str:
        """Note a click on an item, once for the item, and give where it leads.

        One in a mail of ours also tells whose device sent the request (MailClicks). The visitor
        goes on also when the token counts no more, or nothing can be stored now.
        Raises KeyRefused `bad_token` (401), InputRefused (404) where the item leads nowhere.
        """
        decision, item, target = self._leading(token)
        try:
            kind = click_kind(token)
            _, index = self._tracks.opened(token, kind)
            await self._note("click", decision, item)
            if kind == "mail":
                await self._mail_clicks.note(decision, index, request)
        except (InputRefused, ComeAgain):
            pass
        return target

    def target(self, token: str) -> str:
        """Give where a click leads, and note nothing; raises as `clicked` does."""
        return self._leading(token)[2]

    def _leading(self, token: str) -> tuple[Decision, Item, str]:
        decision, item, target = self._tracks.leads_to(token)
        if not target:
            raise InputRefused("not_found", "This message leads nowhere.", 404)
        return decision, item, target

    async def _note(self, kind: OutcomeKind, decision: Decision, item: Item) -> None:
        told: JsonObject = {
            "outcome_id": f"{kind}:{decision.decision_id}:{item.placement}:{item.slot}"[:255],
            "decision_id": decision.decision_id,
            "placement": item.placement,
            "slot": item.slot,
            "kind": kind,
            "at": format_instant(self._clock.now_ms()),
        }
        await self._desk.report([told], self._caller(decision), _only(decision))

    def _caller(self, decision: Decision) -> Caller:
        return self._callers.standing_for(decision.source_id, "live", Trust.PUBLIC)

    def _count(self, decision: Decision, outcomes: int) -> None:
        told = self._told.pop(decision.decision_id, 0) + outcomes
        self._told[decision.decision_id] = told
        if len(self._told) > _DECISIONS_REMEMBERED:
            self._told.popitem(last=False)
        if told > MOST_PER_DECISION:
            raise ComeAgain("too many outcomes of one decision were told with its token", 60)


def _filled(told: Json, decision: Decision, index: int) -> Json:
    if not isinstance(told, dict):
        return told
    filled: JsonObject = {"decision_id": decision.decision_id}
    if "placement" not in told and index < len(decision.items):
        item = decision.items[index]
        filled |= {"placement": item.placement, "slot": item.slot}
    return {**filled, **{name: value for name, value in told.items() if value is not None}}


def _only(decision: Decision) -> Forbid:
    def forbid(outcome: Outcome) -> str | None:
        if outcome.decision_id != decision.decision_id or outcome.leaf or outcome.group_id:
            return "The token is for another decision."
        return told_by_browser(outcome)

    return forbid
