"""The five stops of the demo, each with the truth that only a simulated company has."""

from collections.abc import Callable
from typing import Literal

import msgspec

from wegweiser.demo.calendar import visits
from wegweiser.demo.company import Buyer
from wegweiser.demo.journey import Move, Stage
from wegweiser.demo.messages import OFFER_BY_KEY
from wegweiser.demo.response import HIGHEST_MULTIPLIER
from wegweiser.demo.site import RISE_BEGINS, RISING_TOPIC
from wegweiser.demo.truth import truth
from wegweiser.demo.world import World
from wegweiser.terms.day_words import day
from wegweiser.terms.instant import DAY_MS, day_of, format_day

HIGH_CREDIT_NO_LIFT = "conference-raffle"
MODEST_CREDIT_CLEAR_LIFT = "roi-calculator"
# The test is planned for half of the accounts, as where its interval is held against the truth of
# a hundred companies (tests/truth/test_demo_lift.py): no result of this one has a say in it.
PLANNED_SHARE = 0.5
# Who has not come for longer has a page on which nothing happens any more.
RECENT_DAYS = 14
# What was longer ago is no longer what a page shows of now.
LATELY_DAYS = 60
# How firmly whoever was played against believes that an account is back at explore, by its id.
Back = Callable[[str], float]
STAGE_DE: dict[Stage, str] = {
    "dormant": "ruhend",
    "explore": "erkunden",
    "evaluate": "vergleichen",
    "validate": "prüfen",
    "commit": "entscheiden",
    "customer": "Kunde",
    "stalled": "stockend",
    "not_buyer": "kein Kaufinteresse",
}


class Stop(msgspec.Struct, frozen=True):
    """One card: what to open (identifiers or keys), and the truth in both languages.

    `planned_accounts` is the size that the test of this stop was planned for.
    """

    key: Literal["joined", "went_back", "why", "what_works", "early_trend"]
    subjects: tuple[str, ...]
    truth: dict[str, str]
    planned_accounts: int = 0


def story(world: World, back: Back = lambda group_id: 0.0) -> tuple[Stop, ...]:
    """Tell the five stops of a world that has been played.

    Of the accounts that truly went back, the one of which it is seen most plainly is told of.
    Stops for which this world holds no example are left out.
    """
    gone_back = _went_back(world, back)
    stops = (_joined(world), gone_back, _why(world), _what_works(world), _trend(world))
    return tuple(stop for stop in stops if stop is not None)


def _joined(world: World) -> Stop | None:
    """The buyer with the most devices on which they made themselves known.

    Of several one who came lately and was shown something, and of those the one whose way wound
    most.
    """
    shown_to = {shown.user_id for shown in world.run.shown}
    best: tuple[tuple[int, bool, bool, int], Buyer, list[str]] | None = None
    recent = world.end - RECENT_DAYS * DAY_MS
    for buyer in world.company.buyers:
        journey = world.journeys[buyer.user_id]
        planned = visits(world.seed, buyer, journey, world.end)
        own = [v for v in planned if v.known and v.kind != "talk" and not v.device.shared]
        devices = sorted({visit.device.anonymous_id for visit in own})
        came = any(visit.at >= recent for visit in own)
        rank = (len(devices), came, buyer.user_id in shown_to, len(journey))
        if devices and (best is None or rank > best[0]):
            best = (rank, buyer, devices)
    if best is None:
        return None
    _, buyer, devices = best
    subjects = (
        f"user_id:{buyer.user_id}",
        f"email:{buyer.email}",
        *(f"anonymous_id:{device}" for device in devices),
    )
    name = f"{buyer.first_name} {buyer.last_name}"
    return Stop(
        "joined",
        subjects,
        {
            "en": f"In truth these {len(subjects)} identifiers are one person: {name}.",
            "de": f"In Wahrheit sind diese {len(subjects)} Kennungen eine Person: {name}.",
        },
    )


def _went_back(world: World, back: Back) -> Stop | None:
    """The buyer who lately went back from validate to explore, seen most plainly by others."""
    found = [
        (moves[-1].at, buyer)
        for buyer in world.company.buyers
        if (moves := _way_back(world.journeys[buyer.user_id]))
    ]
    if not found:
        return None
    late = world.end - LATELY_DAYS * DAY_MS
    found = [each for each in found if each[0] >= late] or found
    at, buyer = max(found, key=lambda each: (back(each[1].group_id), each[0], each[1].user_id))
    account, since = buyer.account.name if buyer.account else "", format_day(day_of(at))
    return Stop(
        "went_back",
        (f"group_id:{buyer.group_id}", f"user_id:{buyer.user_id}"),
        {
            "en": f"In truth a buyer of {account} was back at “explore” on {day(since, 'en')}.",
            "de": f"In Wahrheit war am {day(since, 'de')} jemand von {account} wieder in der Phase"
            " „erkunden“.",
        },
    )


def _way_back(journey: tuple[Move, ...]) -> tuple[Move, ...]:
    """Give the latest run validate, evaluate, explore of a journey, or nothing."""
    for first in range(len(journey) - 3, -1, -1):
        run = journey[first : first + 3]
        if [move.stage for move in run] == ["validate", "evaluate", "explore"]:
            return run
    return ()


def _why(world: World) -> Stop | None:
    """The latest message that was seen and clicked."""
    clicked = [shown for shown in world.run.shown if shown.clicked]
    if not clicked:
        return None
    latest = max(clicked, key=lambda shown: (shown.at, shown.user_id))
    return Stop(
        "why",
        (f"user_id:{latest.user_id}", latest.message),
        {
            "en": f"In truth this buyer was in the stage “{latest.stage.replace('_', ' ')}”.",
            "de": f"In Wahrheit war diese Person in der Phase „{STAGE_DE[latest.stage]}“.",
        },
    )


def planned_accounts(accounts: int) -> int:
    """Give for how many of a company's accounts its test is planned."""
    return int(PLANNED_SHARE * accounts)


def _what_works(world: World) -> Stop | None:
    """A message with high credit and no lift beside one with modest credit and clear lift."""
    told = truth(world)
    if not told.first_questions:
        return None
    loud, quiet = (_clicks(world, key) for key in (HIGH_CREDIT_NO_LIFT, MODEST_CREDIT_CLEAR_LIFT))
    times = f"{HIGHEST_MULTIPLIER:g}"
    titles = OFFER_BY_KEY[HIGH_CREDIT_NO_LIFT], OFFER_BY_KEY[MODEST_CREDIT_CLEAR_LIFT]
    return Stop(
        "what_works",
        (HIGH_CREDIT_NO_LIFT, MODEST_CREDIT_CLEAR_LIFT),
        {
            "en": (
                f"In truth “{titles[0].en.title}” ({loud} clicks) changes nothing, "
                f"“{titles[1].en.title}” ({quiet} clicks) makes booking "
                f"up to {times} times as likely."
            ),
            "de": (
                f"In Wahrheit ändert „{titles[0].de.title}“ ({loud} Klicks) nichts, "
                f"„{titles[1].de.title}“ ({quiet} Klicks) macht eine Buchung bis zu "
                f"{times}-mal so wahrscheinlich."
            ),
        },
        planned_accounts(len(world.company.accounts)),
    )


def _clicks(world: World, message: str) -> int:
    return sum(shown.clicked for shown in world.run.shown if shown.message == message)


def _trend(world: World) -> Stop:
    begins = world.start + int(RISE_BEGINS * (world.end - world.start))
    first = format_day(day_of(begins))
    return Stop(
        "early_trend",
        (RISING_TOPIC,),
        {
            "en": f"In truth interest in {RISING_TOPIC} began to grow on {day(first, 'en')}.",
            "de": f"In Wahrheit begann das Interesse an {RISING_TOPIC} am {day(first, 'de')} zu"
            " wachsen.",
        },
    )
