"""What CLI and admin HTTP ask of a workspace, by name: the same words at every door."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping

import msgspec

from wegweiser import __version__
from wegweiser.flow.loader import Unmapped
from wegweiser.profile.view import UNTOLD, canonical
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile import AccountProfile, PersonProfile
from wegweiser.terms.source import SECRET_SCOPES, Caller, SourceKind, Trust
from wegweiser.terms.wrong import wrong
from wegweiser.workspace import (
    account_operations,
    alarm_operations,
    archive_operations,
    arrival_operations,
    audit_operations,
    audited,
    backup,
    bundle_operations,
    channel_operations,
    company_operations,
    computed_operations,
    contact_operations,
    count_operations,
    decision_operations,
    delivery_operations,
    demo_removal,
    draft_operations,
    effort_operations,
    hook_operations,
    identity_operations,
    journey_flow_operations,
    journey_operations,
    link_operations,
    measure_operations,
    message_operations,
    model_operations,
    money_operations,
    next_step_operations,
    people_operations,
    plan_operations,
    privacy_operations,
    profile_operations,
    quarantine_operations,
    regulation_operations,
    replay_operations,
    report_operations,
    retention_operations,
    rule_operations,
    score_operations,
    segment_around,
    segment_operations,
    sensing_operations,
    series_operations,
    simulation_operations,
    source_operations,
    subscription_operations,
    value_operations,
    verdict_operations,
    work_operations,
)
from wegweiser.workspace.arguments import plain, read, text
from wegweiser.workspace.export_work import seen_as_work
from wegweiser.workspace.site import Site

ROWS_PER_SLICE = 50
CONSOLE = Caller("console", "live", Trust.SERVER, SECRET_SCOPES)

Operation = Callable[[Site, JsonObject], Awaitable[Json]]
OfCaller = Callable[[Site, JsonObject, Caller | None], Awaitable[Json]]


async def doctor(site: Site, arguments: JsonObject) -> Json:
    """Give the counts since the folder began and whether all is well.

    Not well is an element that is unaccounted for, or a record that could not be folded.
    """
    await site.intake.settle()
    tally = site.unifier.tally
    counts = msgspec.structs.asdict(tally)
    healthy = tally.unaccounted == 0 and site.unifier.skipped == 0
    told = counts | {"version": __version__, "healthy": healthy}
    # Said only where it happened: more memberships claimed than count, since the start; an older
    # copy had brought erased people back.
    told |= {name: count for name, count in site.unifier.directory.refused().items() if count}
    return told | ({"erased_again": site.erased_again} if site.erased_again else {})


async def profile(site: Site, arguments: JsonObject) -> Json:
    """Read one person by any identifier."""
    await site.intake.settle()
    person_id = site.views.find_person(text(arguments, "identifier"))
    if person_id is None:
        raise NotFound(wrong("no_profile"))
    site.segments.refresh(f"person_id:{person_id}")
    return plain(_told(site.views.person(person_id)))


async def account(site: Site, arguments: JsonObject) -> Json:
    """Read one account by its identifier."""
    await site.intake.settle()
    group_id = site.views.find_account(text(arguments, "identifier"))
    if group_id is None:
        raise NotFound(wrong("no_account"))
    return plain(_told(site.views.account(group_id)))


async def decide(site: Site, arguments: JsonObject, caller: Caller | None = None) -> Json:
    """Decide as POST /v1/decide does, with the rights of a secret key."""
    return await site.deciding.chooser.decide(arguments, caller or CONSOLE)


async def rebuild(site: Site, arguments: JsonObject) -> Json:
    """Make everything derived anew from the log, then hash it."""
    await site.rebuild()
    return await hash_profiles(site, arguments)


async def hash_profiles(site: Site, arguments: JsonObject) -> Json:
    """Hash the canonical JSON of all persons and accounts."""
    await site.settle()
    digests: list[bytes] = []
    persons = accounts = 0
    for person_id in _alive(site):
        digests.append(canonical(site.views.person(person_id)))
        persons += 1
        await _breathe(persons)
    for group_id in list(site.unifier.directory.accounts()):
        digests.append(canonical(site.views.account(group_id)))
        accounts += 1
        await _breathe(accounts)
    joined = b"[" + b",".join(sorted(digests)) + b"]"
    return {
        "persons": persons,
        "accounts": accounts,
        "events": site.unifier.tally.stored,
        "hash": hashlib.sha256(joined).hexdigest(),
    }


async def load(site: Site, arguments: JsonObject, caller: Caller | None = None) -> Json:
    """Take elements of a bulk source; gives the counts of these elements.

    The holder of a key sends for its own source, under the limits of the key.
    """
    elements = read(arguments, "elements", list[JsonObject], [])
    unmapped = read(arguments, "unmapped", list[Unmapped], [])
    source = text(arguments, "source")
    if caller is not None:
        return plain(await site.loader.take_own(caller, source, elements, unmapped))
    kind: SourceKind = "live" if arguments.get("kind") == "live" else "bulk"
    return plain(await site.loader.take(source, elements, unmapped, kind))


async def outcome(site: Site, arguments: JsonObject, caller: Caller | None = None) -> Json:
    """Take outcomes as POST /v1/outcomes does."""
    return plain(await site.deciding.desk.report(arguments.get("outcomes"), caller or CONSOLE))


async def new_password(site: Site, arguments: JsonObject) -> Json:
    """Replace the password of somebody who may sign in; shown this once."""
    name = text(arguments, "name")
    return {"name": name, "password": site.people.new_password(name)}


OPERATIONS: dict[str, Operation] = {
    **account_operations.OPERATIONS,
    **archive_operations.OPERATIONS,
    **arrival_operations.OPERATIONS,
    **alarm_operations.OPERATIONS,
    **source_operations.OPERATIONS,
    **series_operations.OPERATIONS,
    **sensing_operations.OPERATIONS,
    **quarantine_operations.OPERATIONS,
    **delivery_operations.OPERATIONS,
    **hook_operations.OPERATIONS,
    **identity_operations.OPERATIONS,
    **people_operations.OPERATIONS,
    **plan_operations.OPERATIONS,
    **score_operations.OPERATIONS,
    **segment_around.OPERATIONS,
    **segment_operations.OPERATIONS,
    **simulation_operations.OPERATIONS,
    **decision_operations.OPERATIONS,
    **demo_removal.OPERATIONS,
    **replay_operations.OPERATIONS,
    **journey_flow_operations.OPERATIONS,
    **journey_operations.OPERATIONS,
    **measure_operations.OPERATIONS,
    **message_operations.OPERATIONS,
    **value_operations.OPERATIONS,
    **verdict_operations.OPERATIONS,
    **work_operations.OPERATIONS,
    **report_operations.OPERATIONS,
    **model_operations.OPERATIONS,
    **money_operations.OPERATIONS,
    **next_step_operations.OPERATIONS,
    **computed_operations.OPERATIONS,
    **link_operations.OPERATIONS,
    **count_operations.OPERATIONS,
    **contact_operations.OPERATIONS,
    **privacy_operations.OPERATIONS,
    **profile_operations.OPERATIONS,
    **regulation_operations.OPERATIONS,
    **audit_operations.OPERATIONS,
    **retention_operations.OPERATIONS,
    **bundle_operations.OPERATIONS,
    **backup.OPERATIONS,
    **channel_operations.OPERATIONS,
    **subscription_operations.OPERATIONS,
    **company_operations.OPERATIONS,
    **draft_operations.OPERATIONS,
    **effort_operations.OPERATIONS,
    **rule_operations.OPERATIONS,
    "doctor": doctor,
    "profile": profile,
    "account": account,
    "decide": decide,
    "rebuild": rebuild,
    "hash": hash_profiles,
    "load": load,
    "outcome": outcome,
    "new_password": new_password,
}
# What these do depends on who asks.
OF_CALLERS: dict[str, OfCaller] = {
    **alarm_operations.OF_CALLERS,
    **source_operations.OF_CALLERS,
    **privacy_operations.OF_CALLERS,
    **identity_operations.OF_CALLERS,
    **decision_operations.OF_CALLERS,
    **bundle_operations.OF_CALLERS,
    **draft_operations.OF_CALLERS,
    **message_operations.OF_CALLERS,
    **effort_operations.OF_CALLERS,
    **work_operations.OF_CALLERS,
    "decide": decide,
    "load": load,
    "outcome": outcome,
}


# What people do here depends on who they are, or is kept with their name.
_KNOWS_WHO = ("people_", "alarm_")


async def run(
    site: Site, name: str, arguments: JsonObject, caller: Caller | None = None, by: str = ""
) -> Json:
    """Run one operation for the holder of a key, or for the operator when `caller` is None.

    `by` names whoever is signed in to the pages, for the audit. Raises NotFound for an unknown
    name, KeyRefused for what goes beyond the caller's key.
    """
    if by and caller is None and name.startswith(_KNOWS_WHO):
        arguments = {**arguments, "by": by}
    if name in OF_CALLERS:
        done = await OF_CALLERS[name](site, arguments, caller)
    elif (operation := OPERATIONS.get(name)) is None:
        raise NotFound(wrong("no_operation", name=repr(name)))
    else:
        done = await operation(site, arguments)
    audited.note(site, name, arguments, caller, by)
    return done


async def export(
    site: Site, kind: str, options: Mapping[str, str] | None = None
) -> AsyncIterator[bytes]:
    """Yield everything of one kind as NDJSON lines, acknowledged before this call.

    Of `profiles` it yields one table; only there are `options` looked at.
    """
    if kind == "profiles":
        async for part in profile_operations.bulk(site, options or {}):
            yield part
        return
    if kind == replay_operations.DECISION_LOG:
        async for part in replay_operations.log(site, options or {}):
            yield part
        return
    # Who is counted, and with which segments, must not hang on when somebody asks.
    upto = await (site.settle() if kind in ("persons", "accounts") else site.intake.settle())
    rows = _export_rows(site, kind, upto)
    site.audit.note("data.export", detail={"kind": kind})
    async for line in seen_as_work(site, kind, _lines(rows)):
        yield line


async def _lines(rows: Iterator[object]) -> AsyncIterator[bytes]:
    for number, row in enumerate(rows, 1):
        yield msgspec.json.encode(row) + b"\n"
        await _breathe(number)


def _export_rows(site: Site, kind: str, upto: int) -> Iterator[object]:
    directory, views = site.unifier.directory, site.views
    match kind:
        case "events":
            return site.exporter.events(upto)
        case "decisions":
            return site.exporter.decisions(upto)
        case "outcomes":
            return site.exporter.outcomes(upto)
        case "quarantine":
            return site.exporter.quarantine()
        case "persons":
            return (_told(views.person(person_id)) for person_id in _alive(site))
        case "accounts":
            return (_told(views.account(group_id)) for group_id in sorted(directory.accounts()))
    raise InputRefused("bad_kind", f"There is no export {kind!r}.", 404, "kind")


def _alive(site: Site) -> Iterator[str]:
    """Yield all persons in order of their ids; one that was merged away meanwhile is left out."""
    directory = site.unifier.directory
    for person_id in sorted(directory.persons()):
        if directory.find(f"person_id:{person_id}") == person_id:
            yield person_id


def _told(profile: PersonProfile | AccountProfile) -> JsonObject:
    """Write a profile with exactly the keys of the contract (wire, section 13)."""
    told: JsonObject = msgspec.to_builtins(profile)
    return {name: value for name, value in told.items() if name not in UNTOLD}


async def _breathe(number: int) -> None:
    """Let requests in between long work."""
    if number % ROWS_PER_SLICE == 0:
        await asyncio.sleep(0)
