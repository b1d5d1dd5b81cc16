"""When each buyer comes, calls, or is written to; nothing here depends on any message."""

from collections.abc import Iterator
from random import Random
from typing import Literal

import msgspec

from wegweiser.demo.chance import pick, pick_weighted, stream, waiting
from wegweiser.demo.company import Buyer, Device
from wegweiser.demo.journey import VISITS_PER_DAY, Move, Stage, stage_at
from wegweiser.terms.instant import DAY_MS, HOUR_MS, MINUTE_MS, day_of

Kind = Literal["web", "app", "talk"]
Step = Literal["none", "download", "sign_up", "log_in"]

SIGN_UP: dict[Stage, float] = {
    "explore": 0.15,
    "evaluate": 0.35,
    "validate": 0.4,
    "commit": 0.5,
    "customer": 0.9,
}
APP: dict[Stage, float] = {"validate": 0.2, "commit": 0.2, "customer": 0.6}
TALK: dict[Stage, float] = {"evaluate": 0.05, "validate": 0.08, "commit": 0.12, "customer": 0.02}
LOG_IN = 0.6
DOWNLOAD = 0.08
MAILED_AFTER_VISIT_DAYS = 30
_TUESDAY = 5  # 1970-01-01 was a Thursday
_LONGEST_VISIT_MS = 2 * HOUR_MS
_NEXT_VISIT_MS = 45 * MINUTE_MS


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One session or conversation; `known` says that the account is known by its end.

    `greets` marks the first on a device (the consent banner), `leaves` a withdrawal.
    """

    buyer: Buyer
    number: int
    at: int
    stage: Stage
    kind: Kind
    device: Device
    greets: bool
    step: Step
    known: bool
    leaves: bool


class Mailing(msgspec.Struct, frozen=True):
    """One moment at which a subscribed buyer is written to."""

    buyer: Buyer
    number: int
    at: int
    stage: Stage
    news: bool


class _Diary:
    """What one buyer did so far."""

    def __init__(self) -> None:
        self.greeted: set[str] = set()
        self.logged_in: set[str] = set()
        self.signed_up = False
        self.gone = False


def visits(seed: int, buyer: Buyer, journey: tuple[Move, ...], end: int) -> list[Visit]:
    """Draw all visits of one buyer, in time order."""
    luck = stream(seed, buyer.user_id, "visits")
    diary = _Diary()
    planned: list[Visit] = []
    free_from = journey[0].at
    for at in sorted(_moments(luck, journey, end)):
        if at < free_from:
            continue
        free_from = at + _NEXT_VISIT_MS
        visit = _visit(luck, diary, buyer, len(planned), at, stage_at(journey, at))
        if visit is not None:
            planned.append(visit)
    return planned


def _moments(luck: Random, journey: tuple[Move, ...], end: int) -> Iterator[int]:
    ends = [move.at for move in journey[1:]] + [end]
    start = journey[0].at
    for move, until in zip(journey, ends, strict=True):
        at = float(move.at)
        while (at := at + waiting(luck, VISITS_PER_DAY[move.stage]) * DAY_MS) < until:
            office = day_of(int(at)) * DAY_MS + int((6.5 + 12 * luck.random()) * HOUR_MS)
            if start + HOUR_MS < office < end - _LONGEST_VISIT_MS:
                yield office


def _visit(
    luck: Random, diary: _Diary, buyer: Buyer, number: int, at: int, stage: Stage
) -> Visit | None:
    devices = [device for device in buyer.devices if device.in_use(at)]
    device = devices[0] if luck.random() < 0.6 else pick(luck, devices)
    kind = _kind(luck, diary, buyer, stage)
    step = _step(luck, diary, buyer, device, stage)
    if kind == "talk":
        greets, leaves = False, False
    else:
        if diary.gone or (buyer.consent == "none" and device.anonymous_id in diary.greeted):
            return None
        greets = device.anonymous_id not in diary.greeted
        diary.greeted.add(device.anonymous_id)
        leaves = diary.gone = buyer.withdraws_at is not None and at >= buyer.withdraws_at
        _remember(diary, device, "log_in" if kind == "app" else step)
    known = kind == "talk" or device.anonymous_id in diary.logged_in
    return Visit(
        buyer=buyer,
        number=number,
        at=at,
        stage=stage,
        kind=kind,
        device=device,
        greets=greets,
        step=step if kind == "web" else "none",
        known=known and buyer.consent != "none",
        leaves=leaves,
    )


def _kind(luck: Random, diary: _Diary, buyer: Buyer, stage: Stage) -> Kind:
    chance = luck.random()
    if buyer.account is None:
        return "web"
    if chance < TALK.get(stage, 0.0):
        return "talk"
    in_app = diary.signed_up and chance > 1 - APP.get(stage, 0.0)
    return "app" if in_app else "web"


def _step(luck: Random, diary: _Diary, buyer: Buyer, device: Device, stage: Stage) -> Step:
    chance, form = luck.random(), luck.random()
    if buyer.account is None or buyer.consent == "none":
        return "none"
    if device.anonymous_id in diary.logged_in:
        return "none"
    if diary.signed_up:
        return "log_in" if chance < LOG_IN else "none"
    if chance < SIGN_UP.get(stage, 0.03):
        return "sign_up"
    return "download" if form < DOWNLOAD else "none"


def _remember(diary: _Diary, device: Device, step: Step) -> None:
    if step in ("sign_up", "log_in"):
        diary.signed_up = True
        diary.logged_in.add(device.anonymous_id)


def mailings(
    planned: list[Visit], journey: tuple[Move, ...], start: int, end: int
) -> Iterator[Mailing]:
    """Give the weekly and the monthly mail of one buyer, from sign-up to silence."""
    sign_ups = [visit.at for visit in planned if visit.step == "sign_up"]
    if not sign_ups or not planned[0].buyer.newsletter:
        return
    buyer = planned[0].buyer
    first_day = day_of(start) + (_TUESDAY - day_of(start)) % 7
    delay = 8 * HOUR_MS + sum(buyer.user_id.encode()) % 240 * MINUTE_MS
    for week, day in enumerate(range(first_day, day_of(end) - 2, 7)):
        at = day * DAY_MS + delay
        came = [visit.at for visit in planned if visit.at < at]
        gone = any(visit.leaves and visit.at < at for visit in planned)
        if gone or at <= sign_ups[0] or at - came[-1] > MAILED_AFTER_VISIT_DAYS * DAY_MS:
            continue
        yield Mailing(buyer, 2 * week, at, stage_at(journey, at), False)
        if week % 4 == 3:
            later = at + 2 * DAY_MS
            if later < end - 2 * DAY_MS:
                yield Mailing(buyer, 2 * week + 1, later, stage_at(journey, later), True)


def arrival(luck: Random, arrivals: dict[tuple[str, str, str, str], float]) -> tuple[str, ...]:
    """Draw referrer, campaign, source and medium of one visit."""
    return pick_weighted(luck, arrivals)
