"""A declared webhook: who may post to it, and how a provider's handshake is answered."""

import msgspec

from wegweiser.collect.mapping import OF_HOOKS
from wegweiser.collect.proof_of_hook import Verification
from wegweiser.collect.template import (
    Missing,
    Template,
    expression_of,
    filled,
    template_of,
    value_of,
)
from wegweiser.query.cel import DYN, MAPPING_FUNCTIONS, Expression, Schema
from wegweiser.terms.errors import DocumentRefused, RuleRefused
from wegweiser.terms.json import Json, JsonObject

LONGEST_ANSWER = 2_000
_SHORT = ("none", "standard_webhooks")
_FIELDS = {"kind", "key", "mapping", "verify", "challenge", "json_fields", "secret"}


class Challenge(msgspec.Struct, frozen=True):
    """How a handshake is told from a delivery, and what is answered."""

    when: Expression
    answer: Template


class Hook(msgspec.Struct, frozen=True):
    """One declared webhook, compiled; `json_fields` are form fields that hold JSON as text."""

    key: str
    mappings: tuple[str, ...]
    verification: Verification
    challenge: Challenge | None
    json_fields: tuple[str, ...]

    def answer(self, activation: JsonObject) -> Json:
        """Give the answer to a handshake; None for anything else."""
        if self.challenge is None or value_of(self.challenge.when, activation) is not True:
            return None
        found = filled(self.challenge.answer, activation)
        if isinstance(found, Missing) or len(msgspec.json.encode(found)) > LONGEST_ANSWER:
            return None
        return found


def compile_hook(document: JsonObject, file: str = "hook", line: int = 1) -> Hook:
    """Compile a `kind: hook` document; raises DocumentRefused with what is wrong.

    >>> compile_hook({"kind": "hook", "key": "shop", "mapping": "orders"}).mappings
    ('orders',)
    """
    unknown = sorted(set(document) - _FIELDS)
    if unknown:
        known = ", ".join(sorted(_FIELDS - {"kind"}))
        raise DocumentRefused(file, line, f"a hook has no field {unknown[0]}; known are {known}")
    try:
        return Hook(
            key=str(document["key"]),
            mappings=_texts(document, "mapping"),
            verification=_verification(document.get("verify")),
            challenge=_challenge(document.get("challenge")),
            json_fields=_texts(document, "json_fields"),
        )
    except RuleRefused as error:
        raise DocumentRefused(file, line, f"{error.text!r}: {error.message}") from error
    except (msgspec.ValidationError, ValueError) as error:
        raise DocumentRefused(file, line, f"hook: {error}") from error


def secret_of(document: JsonObject) -> str:
    """Give the secret that a document states, "" for none; raises ValueError."""
    secret = document.get("secret", "")
    if not isinstance(secret, str):
        raise ValueError("secret must be a text")
    return secret


def _texts(document: JsonObject, name: str) -> tuple[str, ...]:
    value = document.get(name)
    if value is None:
        return ()
    listed = value if isinstance(value, list) else [value]
    texts = tuple(one for one in listed if isinstance(one, str) and one)
    if len(texts) != len(listed):
        raise ValueError(f"{name} must be a text or a list of texts")
    return texts


def _verification(value: Json) -> Verification:
    if value is None or isinstance(value, str):
        value = {"by": value or "none"}
        if value["by"] not in _SHORT:
            raise ValueError("verify is none, standard_webhooks, or fields such as {by: hmac, ...}")
    verification = msgspec.convert(value, Verification)
    if verification.fault:
        raise ValueError(verification.fault)
    return verification


class _Stated(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    when: str
    answer: Json


def _challenge(value: Json) -> Challenge | None:
    if value is None:
        return None
    stated = msgspec.convert(value, _Stated)
    schema = Schema(dict.fromkeys(OF_HOOKS, DYN), MAPPING_FUNCTIONS)
    when = expression_of(stated.when, schema)
    if when is None:
        raise ValueError("challenge.when must be an expression, which begins with =")
    return Challenge(when, template_of(stated.answer, schema))
