"""Policies: what limits all messages, each as a sentence, with how often it bit last week."""

from collections.abc import Iterator

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.policy import CONSENT_OF_CHANNEL, Arms, Bundle, Suppression
from wegweiser.terms.result import Answer
from wegweiser.web.caps import SCOPES, cap_sentence
from wegweiser.web.pages.answers import wish
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import cut
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.period import read_span
from wegweiser.web.pages.rows import number_in, rows_of, text_in
from wegweiser.web.pages.small_counts import shown
from wegweiser.web.text import Reader
from wegweiser.web.words import ARMS, CHANNELS, PURPOSES, named


class Part(msgspec.Struct, frozen=True):
    """One kind of policies."""

    id: str
    title: str
    table: Table


class PoliciesPage(msgspec.Struct, frozen=True):
    """All kinds, in the order in which they are asked."""

    sentence: str
    parts: tuple[Part, ...]


class Said(msgspec.Struct, frozen=True):
    """One policy as a sentence; `reasons` are the codes under which it drops messages."""

    name: str
    sentence: str
    reasons: tuple[str, ...] = ()


async def policies(desk: Desk, request: Request) -> Response:
    """Show all policies."""
    reader, bundle = desk.reader(request), desk.site.unifier.policies.bundle
    week = read_span("7d", reader.now, reader.zone)
    asked = wish("decisions.dropoff", {**week.options, "zone": reader.zone})
    answers = await desk.answered(request, [asked])
    bites = _bites(answers.get(asked))
    kinds = (
        ("consent", reader.say("Consent"), _consent(reader, bundle)),
        ("caps", reader.say("Contact caps"), _caps(reader, bundle)),
        ("pauses", reader.say("Cool-downs"), _pauses(reader, bundle)),
        ("quiet", reader.say("Quiet hours"), _quiet(reader, bundle)),
        ("holdouts", reader.say("Control groups"), _arms(reader, bundle.arms)),
        ("levers", reader.say("Levers"), _levers(reader, bundle)),
        ("exploration", reader.say("Exploration"), _exploration(reader, bundle)),
    )
    parts = tuple(
        Part(key, title, _table(reader, list(said), bites, answers.get(asked) is not None))
        for key, title, said in kinds
    )
    count = sum(len(part.table.rows) for part in parts)
    sentence = reader.count(
        "{count} policy holds for all channels together.",
        "{count} policies hold for all channels together.",
        count,
    )
    frame = desk.frame(
        request,
        reader.say("Policies"),
        reader.say("What limits all messages, and how often did it?"),
        crumbs=(("/messages", reader.say("Messages")),),
        refresh=desk.answers.computing([asked]),
    )
    return desk.render(request, "messages/policies.html", frame, PoliciesPage(sentence, parts))


def _bites(answer: Answer | None) -> dict[str, int]:
    """Count the decisions in which each reason dropped something, as "step:reason"."""
    return {
        f"{text_in(row, 'step')}:{text_in(row, 'reason')}": int(number_in(row, "in_decisions"))
        for row in rows_of(answer)
    }


def _table(reader: Reader, said: list[Said], bites: dict[str, int], is_known: bool) -> Table:
    columns = (
        Column(reader.say("Name")),
        Column(reader.say("What it says")),
        Column(reader.say("Decisions it bit in, last 7 days"), number=True),
    )
    rows = []
    for one in said:
        found = sum(bites.get(reason, 0) for reason in one.reasons)
        count = shown(reader, found) if one.reasons and is_known else "–"
        rows.append(Row((Cell(cut(one.name)), Cell(one.sentence), Cell(count))))
    return Table(columns, tuple(rows), reader.say("Nothing is set here."))


def _consent(reader: Reader, bundle: Bundle) -> Iterator[Said]:
    for channel, purpose in {**CONSENT_OF_CHANNEL, **bundle.consent}.items():
        told = reader.say(
            "Only to people who have granted: {purpose}.", purpose=named(reader, PURPOSES, purpose)
        )
        yield Said(named(reader, CHANNELS, channel), told, (f"consent:{purpose}",))


def _caps(reader: Reader, bundle: Bundle) -> Iterator[Said]:
    for cap in bundle.caps:
        yield Said(cap.key, cap_sentence(reader, cap), (f"contact:cap:{cap.key}",))


def _pauses(reader: Reader, bundle: Bundle) -> Iterator[Said]:
    for one in bundle.suppressions:
        yield Said(one.key, _pause(reader, one), (f"contact:suppressed:{one.key}",))


def _pause(reader: Reader, one: Suppression) -> str:
    words = {
        "after": reader.number(one.after),
        "days": reader.number(one.pause_hours / 24),
        "within": reader.number(one.window_hours / 24),
    }
    if "ignored" in one.counting:
        return reader.say(
            "Who has ignored or declined it {after} times in {within} days is left alone for"
            " {days} days.",
            **words,
        )
    return reader.say(
        "Who has declined it {after} times in {within} days is left alone for {days} days.",
        **words,
    )


def _quiet(reader: Reader, bundle: Bundle) -> Iterator[Said]:
    quiet = bundle.quiet_hours
    if quiet.enabled:
        channels = reader.all_of([named(reader, CHANNELS, one) for one in quiet.channels])
        told = reader.say(
            "{channels} go out between {span} of the person's own time only.",
            channels=channels,
            span=quiet.allowed,
        )
        yield Said(reader.say("Quiet hours"), told, ("contact:quiet_hours", "contact:zone_unknown"))


def _arms(reader: Reader, arms: Arms) -> Iterator[Said]:
    told = msgspec.structs.asdict(arms)
    for name, share in told.items():
        if isinstance(share, float) and share > 0:
            unit = named(reader, SCOPES, arms.unit)
            sentence = reader.say(
                "{share} of all units ({unit}) are in this group.",
                share=reader.percent(share),
                unit=unit,
            )
            yield Said(named(reader, ARMS, name), sentence)


def _levers(reader: Reader, bundle: Bundle) -> Iterator[Said]:
    for message in bundle.messages:
        if message.lever != 1.0:
            told = reader.say("Counts {lever} times.", lever=reader.number(message.lever, 2))
            yield Said(message.key, told)
    for factor in bundle.factors:
        told = reader.say(
            "Counts {lever} times while: {rule}",
            lever=reader.number(factor.factor, 2),
            rule=factor.when,
        )
        yield Said(factor.key, told)


def _exploration(reader: Reader, bundle: Bundle) -> Iterator[Said]:
    found = bundle.exploration
    told = reader.say(
        "Of the chances {pull} are spread over the best {top} messages where people look, {push}"
        " where something is sent.",
        top=reader.number(found.top),
        pull=reader.percent(found.floor_pull),
        push=reader.percent(found.floor_push),
    )
    yield Said(reader.say("Keep learning"), told)
    for placement in bundle.placements:
        if placement.floor is not None:
            told = reader.say(
                "Here {share} of the chances are spread, whatever holds elsewhere.",
                share=reader.percent(placement.floor),
            )
            yield Said(placement.key, told)
