"""What a file may not say where whoever loads it holds no keys: it is left out of its events."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from wegweiser.collect.batch import Unmapped
from wegweiser.resolve.normalise import normalise
from wegweiser.terms.identity import Identifier, identifier
from wegweiser.terms.json import Json, JsonObject

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

_CONTACTS = ("email", "phone")
_JOINS = "Only whoever may make secret keys joins people by a file: alias rows wait here."


def modest(site: "Site", elements: Iterable[JsonObject]) -> tuple[list[JsonObject], list[Unmapped]]:
    """Give elements without consent that is granted, proofs, and other addresses of known people.

    What is denied or withdrawn stays. An `alias` joins people, and is set aside.
    """
    kept: list[JsonObject] = []
    aside: list[Unmapped] = []
    for element in elements:
        if element.get("type") == "alias":
            aside.append(Unmapped(_JOINS, element))
        else:
            kept.append(_modest(site, element))
    return kept, aside


def _modest(site: "Site", element: JsonObject) -> JsonObject:
    left = {**element}
    context = element.get("context")
    if isinstance(context, dict):
        left["context"] = _context(site, element, context)
    traits = element.get("traits")
    if isinstance(traits, dict):
        left["traits"] = _traits(site, element, traits)
    return left


def _context(site: "Site", element: JsonObject, context: JsonObject) -> JsonObject:
    left = {**context}
    left.pop("verified", None)
    consent, manager = left.pop("consent", None), left.pop("consentManagement", None)
    left |= _denials(consent, manager)
    traits, others = left.get("traits"), left.get("externalIds")
    if isinstance(traits, dict):
        left["traits"] = _traits(site, element, traits)
    if isinstance(others, list):
        left["externalIds"] = [one for one in others if _may_name(site, element, one)]
    return left


def _denials(consent: Json, manager: Json) -> JsonObject:
    """Give of stated choices those that take something back.

    >>> _denials({"categoryPreferences": {"email": True, "sharing": False}}, None)
    {'consentManagement': {'deniedConsentIds': ['sharing']}}
    >>> _denials({"categoryPreferences": {"email": "withdrawn"}}, None)
    {'consent': {'categoryPreferences': {'email': 'withdrawn'}}}
    >>> _denials({"categoryPreferences": {}}, {"allowedConsentIds": ["email"]})
    {'consent': {'categoryPreferences': {}}}
    """
    kept = _taken_back(manager) if isinstance(manager, dict) else {}
    left: JsonObject = {}
    if isinstance(consent, dict):
        preferences, modes = consent.get("categoryPreferences"), consent.get("gcm")
        if isinstance(preferences, dict):
            denied: list[Json] = [name for name, said in preferences.items() if said is not True]
            if len(denied) == len(preferences):
                left["categoryPreferences"] = preferences
            elif denied:
                # Of what is not named here nothing is said, as of what was granted.
                before = kept.get("deniedConsentIds")
                kept["deniedConsentIds"] = [*(before if isinstance(before, list) else ()), *denied]
        if isinstance(modes, dict):
            left["gcm"] = {name: said for name, said in modes.items() if said != "granted"}
    return {**({"consent": left} if left else {}), **({"consentManagement": kept} if kept else {})}


def _taken_back(manager: JsonObject) -> JsonObject:
    return {name: value for name, value in manager.items() if name != "allowedConsentIds"}


def _traits(site: "Site", element: JsonObject, traits: JsonObject) -> JsonObject:
    return {
        name: value
        for name, value in traits.items()
        if name not in _CONTACTS or _may_reach(site, element, name, value)
    }


def _may_name(site: "Site", element: JsonObject, other: Json) -> bool:
    if not isinstance(other, dict) or other.get("type") not in _CONTACTS:
        return True
    return _may_reach(site, element, str(other["type"]), other.get("id"))


def _may_reach(site: "Site", element: JsonObject, kind: str, value: Json) -> bool:
    """Tell whether an address may stand in an element: nobody gets another, or somebody else's."""
    person = _person_of(site, element)
    if person is None:
        return True
    stated = normalise(kind, value)
    holder = None if stated is None else site.views.find_person(identifier(kind, stated))
    if holder is not None:
        return holder == person
    known = site.unifier.directory.identifiers_of(person)
    return not any(one.type == kind for one in known)


def _person_of(site: "Site", element: JsonObject) -> str | None:
    for field, kind in (("userId", "user_id"), ("anonymousId", "anonymous_id")):
        value = normalise(kind, element.get(field))
        if value is not None:
            name: Identifier = identifier(kind, value)
            found = site.views.find_person(name)
            if found is not None:
                return found
    return None
