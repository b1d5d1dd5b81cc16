"""One world: a company's buyers played in time order against any engine, with known truth."""

from collections.abc import Generator, Iterator
from itertools import pairwise

from wegweiser.demo.acts import Act, Reply, Report, Send
from wegweiser.demo.agenda import Agenda, Chance, Entry, Sale
from wegweiser.demo.asking import Asking, question, respond
from wegweiser.demo.booking import Candidate, books, candidates
from wegweiser.demo.browsing import browse
from wegweiser.demo.calendar import Mailing, Visit, mailings, visits
from wegweiser.demo.chance import stream
from wegweiser.demo.company import Buyer, Device, found
from wegweiser.demo.delivery import deliver, report
from wegweiser.demo.journey import Move, Stage, walk
from wegweiser.demo.office import booked, conversation, deal, first_import, news
from wegweiser.demo.run import Run
from wegweiser.demo.untidy import untidied
from wegweiser.terms.instant import DAY_MS, MINUTE_MS

WORLD_START = 1_767_571_200_000  # 2026-01-05, a Monday, 00:00 UTC
DEAL_PAUSE_DAYS = 90
_ASKS_AFTER_FLUSH_MS = 1_500

Play = Generator[Act, Reply | None, None]


class World:
    """A B2B company over `days` days from `start` (ms), all of it drawn from one seed.

    >>> world = World(seed=1, days=10, accounts=3)
    >>> next(world.acts()).trusted
    True
    """

    def __init__(
        self, seed: int, days: int = 180, accounts: int = 160, start: int = WORLD_START
    ) -> None:
        self.seed, self.days, self.start = seed, days, start
        self.end = start + days * DAY_MS
        self.company = untidied(seed, found(seed, accounts, start, days), start, days)
        self.journeys: dict[str, tuple[Move, ...]] = {
            buyer.user_id: self._journey(buyer)
            for buyer in (*self.company.buyers, *self.company.strangers)
        }
        self.candidates: dict[str, tuple[Candidate, ...]] = {
            buyer.user_id: self._candidates(buyer) for buyer in self.company.buyers
        }
        self.run = Run()

    def acts(self) -> Play:
        """Play the world in time order; each Question takes its Reply through `send`.

        Playing again begins anew; `run` is the ledger of the latest play.
        """
        self.run = Run()
        agenda = Agenda()
        agenda.add(report(tuple(first_import(self.seed, self.company, self.start))))
        agenda.add(self._planned())
        for entry in agenda:
            if isinstance(entry, Send | Report):
                yield entry
            elif isinstance(entry, Asking):
                yield from self._ask(entry, agenda)
            else:
                agenda.add(self._unfold(entry))

    def _journey(self, buyer: Buyer) -> tuple[Move, ...]:
        luck = stream(self.seed, buyer.user_id, "journey")
        return walk(luck, self.start, self.end, buyer.journey_pace)

    def _candidates(self, buyer: Buyer) -> tuple[Candidate, ...]:
        luck = stream(self.seed, buyer.user_id, "goal")
        return tuple(candidates(luck, self.journeys[buyer.user_id], self.end - MINUTE_MS))

    def _planned(self) -> Iterator[Entry]:
        for buyer in (*self.company.buyers, *self.company.strangers):
            journey = self.journeys[buyer.user_id]
            planned = visits(self.seed, buyer, journey, self.end)
            yield from planned
            yield from mailings(planned, journey, self.start, self.end)
        for buyer in self.company.buyers:
            for candidate in self.candidates[buyer.user_id]:
                yield Chance(candidate.at, buyer, candidate)
        yield from self._sales()

    def _sales(self) -> Iterator[Sale]:
        """Deals that follow from the journeys alone, one per account and quarter."""
        last: dict[str, int] = {}
        for at, buyer in sorted(self._signings(), key=lambda each: (each[0], each[1].user_id)):
            before = last.get(buyer.group_id)
            if before is None or at - before > DEAL_PAUSE_DAYS * DAY_MS:
                last[buyer.group_id] = at
                yield Sale(at, buyer, "journey")

    def _signings(self) -> Iterator[tuple[int, Buyer]]:
        for buyer in self.company.buyers:
            journey = self.journeys[buyer.user_id]
            for before, after in pairwise(journey):
                if (before.stage, after.stage) == ("commit", "customer"):
                    yield min(after.at, self.end - MINUTE_MS), buyer

    def _ask(self, asking: Asking, agenda: Agenda) -> Play:
        self.run.first_questions.setdefault(asking.buyer.group_id, asking.at)
        reply = yield question(self.seed, asking)
        agenda.add(respond(self.seed, asking, reply, self.run, self.end))

    def _unfold(self, entry: Visit | Mailing | Chance | Sale) -> Iterator[Entry]:
        if isinstance(entry, Visit):
            return self._talk(entry) if entry.kind == "talk" else self._browse(entry)
        if isinstance(entry, Mailing):
            return self._mail(entry)
        if isinstance(entry, Sale):
            return report(deal(self.seed, entry.buyer, entry.at, entry.cause))
        return self._book(entry.buyer, entry.candidate)

    def _browse(self, visit: Visit) -> Iterator[Entry]:
        elapsed = (visit.at - self.start) / (self.end - self.start)
        session = browse(self.seed, visit, elapsed)
        luck = stream(self.seed, visit.buyer.user_id, "delivery", visit.number)
        before = [event for event in session.events if event.at <= session.asks_at]
        after = [event for event in session.events if event.at > session.asks_at]
        yield from deliver(luck, before, self.end, may_be_late=False)
        if session.asks_at:
            placement = "app.card" if visit.kind == "app" else "home.hero"
            at = session.asks_at + _ASKS_AFTER_FLUSH_MS
            key = f"v{visit.number}"
            yield _asking(visit.buyer, key, at, placement, visit.stage, visit.device)
        yield from deliver(luck, after, self.end, may_be_late=True)
        yield from report(session.trusted)

    def _talk(self, visit: Visit) -> Iterator[Entry]:
        yield from report(conversation(self.seed, visit))
        if visit.known:
            at = visit.at + MINUTE_MS
            yield _asking(visit.buyer, f"t{visit.number}", at, "sales.next", visit.stage)

    def _mail(self, mailing: Mailing) -> Iterator[Entry]:
        if not mailing.news:
            key = f"m{mailing.number}"
            yield _asking(mailing.buyer, key, mailing.at, "email.weekly", mailing.stage)
            return
        for event in news(self.seed, mailing):
            yield from report((event,))

    def _book(self, buyer: Buyer, candidate: Candidate) -> Iterator[Entry]:
        past = self.run.bookings.setdefault(buyer.user_id, [])
        boosts = self.run.boosts.get(buyer.user_id, [])
        if not books(candidate, boosts, past[-1].at if past else None):
            return
        past.append(candidate)
        yield from report(booked(self.seed, buyer, candidate))
        deal_at = candidate.at + candidate.deal_after_ms
        if candidate.deal_after_ms and deal_at < self.end - MINUTE_MS:
            yield Sale(deal_at, buyer, "demo")


def _asking(
    buyer: Buyer, key: str, at: int, placement: str, stage: Stage, device: Device | None = None
) -> Asking:
    return Asking(
        key=f"{buyer.user_id}-{key}",
        at=at,
        buyer=buyer,
        device=device,
        placement=placement,
        stage=stage,
    )
