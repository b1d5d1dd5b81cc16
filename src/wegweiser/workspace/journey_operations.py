"""Operations on the journey: the table that counts, a proposal learned from data, one stage."""

import asyncio

from wegweiser.learn import journey as learning
from wegweiser.profile.stage_table import over_default
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import MINUTE_MS, parse_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import plain, text
from wegweiser.workspace.site import Site

MOST_SUBJECTS = 5_000
FEWEST_EVER = 20
PERSONS_PER_SLICE = 20


async def journey_show(site: Site, arguments: JsonObject) -> Json:
    """Give the journey that counts, whole, with its version; `declared` says what was applied."""
    book = site.journeys
    return {
        "version": book.journey.version,
        "declared": [*sorted(set(book.declared) - {"kind", "key"})],
        "journey": plain(over_default(book.declared)),
    }


async def journey_learn(site: Site, arguments: JsonObject) -> Json:
    """Learn tables from all persons with evidence; gives a proposal and changes nothing.

    `best` says what foretells held-out persons best: "learned", "current" or "points", and
    `lead` by how much, as a mean log-likelihood per session or look.
    """
    fewest = arguments.get("fewest", learning.FEWEST)
    if not isinstance(fewest, int) or isinstance(fewest, bool) or fewest < FEWEST_EVER:
        raise InputRefused(
            "bad_input", wrong("number_up", name="fewest", least=FEWEST_EVER), 422, "fewest"
        )
    await site.intake.settle()
    book = site.journeys
    learned = await asyncio.to_thread(
        learning.learn, book.journey.table, await _histories(site), fewest
    )
    key = str(book.declared.get("key", "default"))
    told: JsonObject = {
        "status": learned.status,
        "subjects": learned.subjects,
        "fewest": fewest,
        "signs": learned.signs,
        "rounds": learned.rounds,
        "held_out_before": round(learned.held_out_before, 6),
        "held_out_after": round(learned.held_out_after, 6),
        "held_out_points": round(learned.held_out_points, 6),
        "best": learned.best,
        "lead": round(learned.lead, 6),
        "version": book.journey.version,
    }
    if learned.status != "too_little_data":
        told["proposal"] = plain({**book.declared, **learning.proposal(learned, key)})
    return told


async def _histories(site: Site) -> list[learning.History]:
    """Give the signs of persons, each from its first one to the newest event of all."""
    end = site.unifier.newest_at // MINUTE_MS
    found: list[learning.History] = []
    for number, person_id in enumerate(sorted(site.unifier.directory.persons()), 1):
        if number % PERSONS_PER_SLICE == 0:
            await asyncio.sleep(0)
        if site.views.find_person(f"person_id:{person_id}") != person_id:
            continue
        signs = site.views.signs_of(person_id)
        if signs:
            found.append(learning.History(signs, signs[0].minute, end))
        if len(found) == MOST_SUBJECTS:
            break
    return found


async def stage(site: Site, arguments: JsonObject) -> Json:
    """Give the stage of a person or an account at `as_of` (ISO 8601; now)."""
    await site.intake.settle()
    as_of = moment(arguments.get("as_of"))
    name = text(arguments, "identifier")
    group_id = site.views.find_account(name)
    if group_id is not None:
        return site.views.stage_of_account(group_id, as_of)
    person_id = site.views.find_person(name)
    if person_id is None:
        raise NotFound(wrong("no_profile"))
    return site.views.stage_of_person(person_id, as_of)


def moment(claim: Json) -> int | None:
    """Read a moment in ms, None where none is stated."""
    if claim is None or claim == "":
        return None
    at = parse_instant(claim)
    if at is None:
        raise InputRefused("bad_input", wrong("as_of_time"), 400, "as_of")
    return at


OPERATIONS = {"journey_show": journey_show, "journey_learn": journey_learn, "stage": stage}
