"""The card that says what decisions may know on a device that only claims to be a person's."""

from collections.abc import Mapping

from starlette.requests import Request

from wegweiser.terms.json import JsonObject
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.frame.fields import Field, Form
from wegweiser.web.pages.frame.notices import Notice
from wegweiser.web.pages.settings.sections import Section
from wegweiser.web.text import Reader, mark

PATH = "/settings/consent/claims"
TRAITS, REST = "sensitive_traits", "claimed_devices"
RESTS = {
    "open_sources": mark("where the source asks for no proof (usual)"),
    "whole_person": mark("always"),
    "own_events": mark("never: only what the device itself told"),
}


async def publish_claims(desk: Desk, request: Request, form: Mapping[str, str]) -> Notice:
    """Publish the rules of identity with what a form says; gives what to tell, with its undo.

    Raises InputRefused for rules that cannot be.
    """
    before, operator = await _rules(desk, request), desk.who(request)
    traits = [line.strip() for line in form.get(TRAITS, "").splitlines()]
    wished: JsonObject = {TRAITS: [one for one in traits if one], REST: form.get(REST, "")}
    by = "" if operator is None else operator.name
    stated: JsonObject = {"rules": {**before, **wished}, "by": by}
    # Neither changes who is who, so that the shortest trial tells as much as a long one.
    await desk.run(request, "identity_rules_dry_run", {**stated, "days": 1})
    await desk.run(request, "identity_rules_publish", stated)
    told = desk.reader(request).say("What unproven devices may know is changed.")
    return Notice(told, PATH, _written(before))


async def _rules(desk: Desk, request: Request) -> JsonObject:
    shown = await desk.run(request, "identity_rules", {})
    rules = shown.get("rules") if isinstance(shown, dict) else {}
    return rules if isinstance(rules, dict) else {}


def _written(rules: JsonObject) -> tuple[tuple[str, str], ...]:
    """Write the rules as the fields of the form hold them."""
    listed = rules.get(TRAITS)
    traits = "\n".join(map(str, listed if isinstance(listed, list | tuple) else ()))
    return ((TRAITS, traits), (REST, str(rules.get(REST, "open_sources"))))


async def claims_section(desk: Desk, request: Request) -> Section:
    """Show what holds now; who may join and separate persons may change it."""
    reader = desk.reader(request)
    traits, rest = (value for _, value in _written(await _rules(desk, request)))
    title = reader.say("Devices that only claim to be somebody's")
    told = reader.say(
        "Anybody can send a user id with a public key. Until a server, a proof or an operator ties"
        " the device to the person, no decision for it uses a sensitive trait."
    )
    if desk.may(request, "who_is_who"):
        return Section(title, told, forms=(_form(reader, traits, rest),))
    facts = (
        (reader.say("Sensitive traits"), ", ".join(traits.splitlines()) or "–"),
        (reader.say("Decisions for it use the rest of the person"), reader.say(RESTS[rest])),
    )
    return Section(title, told, facts=facts)


def _form(reader: Reader, traits: str, rest: str) -> Form:
    fields = (
        Field(
            TRAITS,
            reader.say("Sensitive traits"),
            traits,
            kind="lines",
            help=reader.say("One key per line, for example plan."),
        ),
        Field(
            REST,
            reader.say("Decisions for it use the rest of the person"),
            rest,
            options=tuple((key, reader.say(words)) for key, words in RESTS.items()),
        ),
    )
    return Form(reader.say("Publish rules"), fields, path=PATH, main=False)
