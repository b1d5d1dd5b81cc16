"""What is worked out about a person or an account, on its page: figures, intents, use."""

import msgspec

from wegweiser.terms.computed import ComputedValue
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json
from wegweiser.terms.profile import AccountProfile, Intent, PersonProfile, Rfm
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import cut, seen_text, seen_value
from wegweiser.web.pages.moments import date_of, seen_ago
from wegweiser.web.text import Reader
from wegweiser.web.words import EVENTS, INTENTS, named

MOST_PRODUCTS = 5
CURRENCY_LETTERS = 3


class Figure(msgspec.Struct, frozen=True):
    """A name with its value, and what is to be known about it."""

    name: str
    value: str
    note: str = ""


class Shown(msgspec.Struct, frozen=True):
    """An intent: its name, its strength, when it was last shown, and by what."""

    name: str
    strength: str
    when: str
    evidence: tuple[str, ...]


class InsightCard(msgspec.Struct, frozen=True):
    """The card; empty parts are left out."""

    figures: tuple[Figure, ...]
    intents: tuple[Shown, ...]
    rest: tuple[Figure, ...]


def person_insight(desk: Desk, reader: Reader, person_id: str) -> InsightCard:
    """Make the card of a person."""
    insights = desk.site.knowing.insights
    return _card(
        desk, reader, insights.person(person_id), insights.values_of(f"person_id:{person_id}")
    )


def account_insight(desk: Desk, reader: Reader, group_id: str) -> InsightCard:
    """Make the card of an account."""
    insights = desk.site.knowing.insights
    return _card(
        desk, reader, insights.account(group_id), insights.values_of(f"group_id:{group_id}")
    )


def _card(
    desk: Desk,
    reader: Reader,
    profile: PersonProfile | AccountProfile,
    values: list[ComputedValue],
) -> InsightCard:
    signals = {one.key: one.name for one in desk.site.knowing.intents.intents.signals}
    names = {key: one.name for key, one in desk.site.knowing.computed.traits.items()}
    strongest = sorted(profile.intents.items(), key=lambda one: (-one[1].strength, one[0]))
    return InsightCard(
        tuple(_figure(reader, one, names.get(one.key) or one.key) for one in values),
        tuple(_intent(reader, key, signals.get(key) or key, one) for key, one in strongest),
        (*_purchases(reader, profile), *_use(reader, profile), *_scores(reader, profile.rfm)),
    )


def _figure(reader: Reader, value: ComputedValue, name: str) -> Figure:
    notes = []
    if value.since is not None:
        since = date_of(reader, format_instant(value.since))
        notes.append(reader.say("counted since {date}", date=since))
    if not value.exact:
        notes.append(reader.say("estimated"))
    return Figure(cut(name), _written(reader, value.value), ", ".join(notes))


def _written(reader: Reader, value: Json) -> str:
    if isinstance(value, bool):
        return reader.say("yes") if value else reader.say("no")
    if isinstance(value, int | float):
        return reader.number(value, 0 if value == int(value) else 2)
    return seen_value(reader, str(value))


def _intent(reader: Reader, key: str, name: str, intent: Intent) -> Shown:
    evidence = []
    for words in intent.evidence:
        event, colon, detail = words.partition(": ")
        evidence.append(cut(f"{named(reader, EVENTS, event)}{colon}") + seen_text(reader, detail))
    return Shown(
        named(reader, INTENTS, key) if key in INTENTS else cut(name),
        reader.number(intent.strength, 1),
        seen_ago(reader, intent.last_at),
        tuple(evidence),
    )


def _money(reader: Reader, amount: float, currency: str) -> str:
    """Write an amount; a sale may have named what is no currency, or none.

    >>> english = Reader("en", "UTC", 0)
    >>> _money(english, 2.5, "EUR"), _money(english, 2.5, "1.5"), _money(english, 2.5, "")
    ('€2.50', '2.50 1.5', '2.50')
    """
    if len(currency) == CURRENCY_LETTERS and currency.isascii() and currency.isalpha():
        return reader.money(amount, currency)
    return f"{reader.number(amount, 2)} {currency}".strip()


def _purchases(reader: Reader, profile: PersonProfile | AccountProfile) -> list[Figure]:
    bought = profile.purchases
    if bought is None:
        return []
    money = [_money(reader, one, currency) for currency, one in bought.revenue.items()]
    last = date_of(reader, bought.last_order_at)
    note = reader.say("last on {date}", date=last) if last else ""
    rows = [Figure(reader.say("Orders"), reader.number(bought.orders), note)]
    if money:
        rows.append(Figure(reader.say("Revenue"), ", ".join(money)))
    products = [cut(one.name or one.id) for one in bought.products[:MOST_PRODUCTS]]
    if products:
        rows.append(Figure(reader.say("Products"), ", ".join(products)))
    return rows


def _use(reader: Reader, profile: PersonProfile | AccountProfile) -> list[Figure]:
    use = profile.product_use
    if use is None:
        return []
    told = reader.say(
        "{week} in 7 days, {month} in 30 days",
        week=reader.number(use.active_days_7),
        month=reader.number(use.active_days_30),
    )
    return [Figure(reader.say("Active days"), told, ", ".join(cut(one) for one in use.features_30))]


def _scores(reader: Reader, rfm: Rfm | None) -> list[Figure]:
    if rfm is None or rfm.status == "no_order":
        return []
    name = reader.say("Recency, frequency, value")
    if rfm.status == "too_few":
        told = reader.count(
            "Only {count} buyer is known; that is too few to compare.",
            "Only {count} buyers are known; that is too few to compare.",
            rfm.buyers,
        )
        return [Figure(name, "–", told)]
    scores = (rfm.recency_score, rfm.frequency_score, rfm.monetary_score)
    told = " · ".join("–" if one is None else reader.number(one) for one in scores)
    return [Figure(name, told, reader.say("5 is best of all who ordered"))]
