"""Operations on who is who: why, what operators say, what waits, the rules, one message's way."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from wegweiser.flow.erasure_subject import spelled
from wegweiser.flow.identity_rules import TOUCHED_DAYS
from wegweiser.flow.identity_statements import Wish
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.identity import Identifier
from wegweiser.terms.instant import parse_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.judgement import JudgementKind
from wegweiser.terms.source import Caller
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import read, text
from wegweiser.workspace.audited import who_is
from wegweiser.workspace.site import Site

LONGEST_NAME = 100
MOST_OPERATIONS = 1_000


class Say(Protocol):
    """An operation that keeps who asked, None for whoever runs the server."""

    def __call__(
        self, site: Site, arguments: JsonObject, caller: Caller | None = None
    ) -> Awaitable[Json]: ...


async def identity_show(site: Site, arguments: JsonObject) -> Json:
    """Give the identifiers of a person with class, status and times, and what operators said."""
    await site.intake.settle()
    person_id = site.views.find_person(text(arguments, "identifier"))
    if person_id is None:
        raise NotFound(wrong("no_profile"))
    return site.identity.reader.of_person(person_id)


async def identity_why(site: Site, arguments: JsonObject) -> Json:
    """Tell why two identifiers are, or are not, one person."""
    await site.intake.settle()
    a, b = (_identifier(arguments, name) for name in ("a", "b"))
    return site.identity.reader.evidence(a, b)


def _identifier(arguments: JsonObject, name: str) -> Identifier:
    written = text(arguments, name)
    found = spelled(written) if ":" in written else ""
    if not found:
        raise InputRefused("bad_id", wrong("as_identifier", name=name), 422, name)
    return found


def _saying(kind: JudgementKind) -> Say:
    async def say(site: Site, arguments: JsonObject, caller: Caller | None = None) -> Json:
        return await said(site, _wish(site, kind, arguments), arguments, caller)

    say.__doc__ = f"Say `{kind}`, or preview it; gives who changes, before and after."
    return say


async def said(site: Site, wish: Wish, arguments: JsonObject, caller: Caller | None) -> JsonObject:
    """Preview a statement where `preview` is true, say it where it is not."""
    by = said_by(arguments, caller)
    if read(arguments, "preview", bool, False):
        return await site.identity.desk.preview(wish, by)
    return await site.identity.desk.say(wish, by)


def said_by(arguments: JsonObject, caller: Caller | None) -> str:
    """Name whoever speaks: the holder of a key by the key, the operator as they say."""
    stated = read(arguments, "by", str, "")[:LONGEST_NAME].strip()
    return stated or who_is(None) if caller is None else who_is(caller)


def _wish(site: Site, kind: JudgementKind, arguments: JsonObject) -> Wish:
    reason = read(arguments, "reason", str, "")
    if kind == "undo":
        return Wish(kind=kind, undoes=text(arguments, "operation_id"), reason=reason)
    if kind in ("restore", "release"):
        position = _position(site, arguments) if kind == "restore" else None
        name = text(arguments, "identifier")
        return Wish(kind=kind, name=name, position=position, reason=reason)
    pairs = read(arguments, "pairs", list[tuple[str, str]], [])
    if "a" in arguments or "b" in arguments:
        pairs = [*pairs, (text(arguments, "a"), text(arguments, "b"))]
    hold = read(arguments, "hold", bool, True)
    return Wish(kind=kind, pairs=tuple(pairs), hold=hold, reason=reason)


def _position(site: Site, arguments: JsonObject) -> int:
    """Read the log position to go back to, stated as such or as a moment."""
    at = arguments.get("at")
    if at is None:
        return read(arguments, "position", int)
    moment = parse_instant(at)
    if moment is None:
        told = wrong("a_moment")
        raise InputRefused("bad_input", told, 422, "at")
    return site.identity.desk.position_before(moment)


async def identity_apart(site: Site, arguments: JsonObject, caller: Caller | None = None) -> Json:
    """Take identifiers out of a person: they stand apart from all its others."""
    await site.intake.settle()
    names = read(arguments, "names", list[str], [])
    wanted = [spelled(name) for name in names if ":" in name]
    reason = read(arguments, "reason", str, "")
    wish = site.identity.desk.wish_apart(text(arguments, "identifier"), wanted, reason)
    return await said(site, wish, arguments, caller)


async def identity_operations(site: Site, arguments: JsonObject) -> Json:
    """List what operators said about who is who, newest first; of one person with `identifier`."""
    await site.intake.settle()
    limit = read(arguments, "limit", int, 100)
    if not 1 <= limit <= MOST_OPERATIONS:
        told = wrong("number_between", name="limit", least=1, most=MOST_OPERATIONS)
        raise InputRefused("bad_input", told, 422, "limit")
    named = read(arguments, "identifier", str, "")
    if not named:
        rows = site.identity.desk.operations()
    else:
        person_id = site.views.find_person(named)
        if person_id is None:
            raise NotFound(wrong("no_profile"))
        rows = site.identity.desk.operations_of(person_id)
    after = read(arguments, "after", str, "")
    ids = [row["operation_id"] for row in rows]
    start = ids.index(after) + 1 if after in ids else 0
    page = rows[start : start + limit]
    following = page[-1]["operation_id"] if len(rows) > start + limit else None
    return {"operations": [*page], "next": following}


async def identity_queue(site: Site, arguments: JsonObject) -> Json:
    """Give what waits for an operator: frozen, in quarantine, refused."""
    return await site.identity.queue.page(
        read(arguments, "kind", str, ""),
        read(arguments, "limit", int, 100),
        read(arguments, "after", str, ""),
    )


async def identity_types(site: Site, arguments: JsonObject) -> Json:
    """List the types of identifiers that senders made up, with how many values a person has.

    With `wait` false very many values are counted beside, and the last count is given.
    """
    return await site.identity.types.listed(read(arguments, "wait", bool, True))


async def identity_classify(
    site: Site, arguments: JsonObject, caller: Caller | None = None
) -> Json:
    """Give a type that senders made up a class, or refuse it; `preview` is the dry run before."""
    await site.intake.settle()
    desk, by = site.identity.rules, said_by(arguments, caller)
    rules = desk.classifying(text(arguments, "type"), text(arguments, "class"))
    if read(arguments, "preview", bool, False):
        return await desk.dry_run(rules, by)
    return await desk.publish(rules, by, read(arguments, "reason", str, ""))


async def identity_rules(site: Site, arguments: JsonObject) -> Json:
    """Give the rules that count, the draft, what was tried and what was published."""
    return await site.identity.rules.shown()


async def identity_rules_dry_run(
    site: Site, arguments: JsonObject, caller: Caller | None = None
) -> Json:
    """Tell what rules would change; of those touched in the last days, or of `all`."""
    await site.intake.settle()
    rules = site.identity.rules.wanted(read(arguments, "version", str, ""), _rules(arguments))
    everybody = read(arguments, "all", bool, False)
    days = None if everybody else read(arguments, "days", int, TOUCHED_DAYS)
    if days is not None and days < 1:
        raise InputRefused("bad_input", wrong("number_up", name="days", least=1), 422, "days")
    return await site.identity.rules.dry_run(rules, said_by(arguments, caller), days)


async def identity_rules_publish(
    site: Site, arguments: JsonObject, caller: Caller | None = None
) -> Json:
    """Let rules count that were tried dry: those stated, those of a version, or the draft."""
    await site.intake.settle()
    rules = site.identity.rules.wanted(read(arguments, "version", str, ""), _rules(arguments))
    reason = read(arguments, "reason", str, "")
    return await site.identity.rules.publish(rules, said_by(arguments, caller), reason)


def _rules(arguments: JsonObject) -> JsonObject | None:
    stated = arguments.get("rules")
    if stated is not None and not isinstance(stated, dict):
        raise InputRefused("bad_input", wrong("rules_are_fields"), 422, "rules")
    return stated


async def message(site: Site, arguments: JsonObject) -> Json:
    """Tell what happened to one message."""
    return await site.identity.messages.of(text(arguments, "id"))


# Who asks is kept with what is said.
OF_CALLERS: dict[str, Say] = {
    "identity_link": _saying("link"),
    "identity_cut": _saying("cut"),
    "identity_separate": _saying("separate"),
    "identity_restore": _saying("restore"),
    "identity_release": _saying("release"),
    "identity_undo": _saying("undo"),
    "identity_apart": identity_apart,
    "identity_classify": identity_classify,
    "identity_rules_dry_run": identity_rules_dry_run,
    "identity_rules_publish": identity_rules_publish,
}
OPERATIONS: dict[str, Callable[[Site, JsonObject], Awaitable[Json]]] = {
    **OF_CALLERS,
    "identity_show": identity_show,
    "identity_why": identity_why,
    "identity_operations": identity_operations,
    "identity_queue": identity_queue,
    "identity_types": identity_types,
    "identity_rules": identity_rules,
    "message": message,
}
