"""Operation on what a segment is made of: consent, value to come, and overlap with others."""

from collections import Counter
from collections.abc import Sequence

from wegweiser.flow.turns import Turns
from wegweiser.measure.statistic import wilson
from wegweiser.terms.errors import NotFound
from wegweiser.terms.identity import kind_of, value_of
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import text
from wegweiser.workspace.site import Site

# So many members are looked at; of a larger segment every n-th.
LOOKED_AT = 500
MOST_OTHERS = 5
NAMES_PER_PAUSE = 256


async def segment_around(site: Site, arguments: JsonObject) -> Json:
    """Tell of a segment (`key`) who granted what, what its members will bring, and who overlaps.

    Shares of a sample come with their 95 % interval. `overlap` tells of this segment and of those
    that share most with it which part of the first is in the second as well.
    """
    await site.intake.settle()
    await site.segments.settle()
    return await around(site, text(arguments, "key"))


async def around(site: Site, key: str) -> JsonObject:
    """Look at a sample of the members of a segment, letting requests in between."""
    segment = site.segments.get(key)
    if segment is None:
        raise NotFound(wrong("no_segment_called", key=repr(key)))
    sample = await _sample(site, key)
    size, looked_at = site.segments.members.states[key].members, len(sample)
    exact = looked_at >= size
    others = Counter(name for subject in sample for name in _keys(site, subject) if name != key)
    shown = [name for name, _ in others.most_common(MOST_OTHERS)]
    told: JsonObject = {"key": key, "of": segment.of, "size": size, "looked_at": looked_at}
    if segment.of == "person":
        consent, value = await _persons(site, sample)
        told["consent"] = {
            purpose: _share(count, looked_at, exact) for purpose, count in sorted(consent.items())
        }
        told["value"] = value
    told["overlap"] = await _overlap(site, [key, *shown], {key: sample})
    return told


async def _sample(site: Site, key: str) -> list[str]:
    """Name every n-th member, so that each time of entering is among them."""
    size = site.segments.members.states[key].members
    step, turns = max(1, -(-size // LOOKED_AT)), Turns()
    found: list[str] = []
    for number, (subject, _) in enumerate(site.segments.members.members(key)):
        if number % step == 0:
            found.append(subject)
        if number % NAMES_PER_PAUSE == 0:
            await turns.pause()
    return found


def _keys(site: Site, subject: str) -> list[str]:
    stays = site.segments.members.standing(subject).stays
    return [name for name, stay in stays.items() if stay.left_at is None]


async def _persons(site: Site, sample: Sequence[str]) -> tuple[Counter[str], JsonObject]:
    """Count granted purposes, and give the mean value to come with its error, where it is known."""
    consent: Counter[str] = Counter(dict.fromkeys(site.purposes.current.by_key, 0))
    turns, book = Turns(), site.knowing.customer_value
    values: list[float] = []
    currency, error, unknown = "", 0.0, 0
    for subject in sample:
        await turns.pause()
        name = value_of(subject)
        if kind_of(subject) != "person_id" or site.views.find_person(subject) != name:
            continue
        granted = site.views.passing(subject, site.views.consent_of)
        consent.update(purpose for purpose, state in granted.items() if state == "granted")
        one = book.of_person(name)
        if one.value is not None and one.holdout_error is not None:
            values.append(one.value)
            currency, error = one.currency, one.holdout_error
        elif one.status == "no_order":
            values.append(0.0)
        else:
            unknown += 1
    if unknown or not currency:
        return consent, {"status": "unknown", "unknown": unknown}
    mean = sum(values) / len(values)
    return consent, {
        "status": "ok",
        "per_member": mean,
        "currency": currency,
        "holdout_error": error,
        "members": len(values),
    }


async def _overlap(site: Site, keys: Sequence[str], samples: dict[str, list[str]]) -> list[Json]:
    """Give for each pair of segments the share of the first that is in the second."""
    rows: list[Json] = []
    for key in keys:
        sample = samples.get(key) or await _sample(site, key)
        held = Counter(name for subject in sample for name in _keys(site, subject))
        exact = len(sample) >= site.segments.members.states[key].members
        rows.append(
            {
                "key": key,
                "size": site.segments.members.states[key].members,
                "in": {name: _share(held[name], len(sample), exact) for name in keys},
            }
        )
    return rows


def _share(count: int, of_all: int, exact: bool) -> JsonObject:
    if not of_all:
        return {"share": 0.0, "low": 0.0, "high": 0.0, "count": 0}
    share = count / of_all
    found = wilson(count, of_all)
    low, high = (share, share) if exact else (found.low, found.high)
    return {"share": share, "low": low, "high": high, "count": count}


OPERATIONS = {"segment_around": segment_around}
