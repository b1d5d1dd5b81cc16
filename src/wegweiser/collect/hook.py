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
from wegweiser.terms.wrong import Wrong, wrong
from wegweiser.terms.wrong_type import misread

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
        hint = wrong("known", names=", ".join(sorted(_FIELDS - {"kind"})))
        fault = wrong("no_field", kind="hook", name=unknown[0], hint=hint)
        raise DocumentRefused(file, line, fault)
    try:
        return Hook(
            key=str(document["key"]),
            mappings=_texts(document, "mapping"),
            verification=_verification(document.get("verify")),
            challenge=_challenge(document.get("challenge")),
            json_fields=_texts(document, "json_fields"),
        )
    except RuleRefused as error:
        fault = wrong("at_start", name=repr(error.text), reason=error)
        raise DocumentRefused(file, line, fault) from error
    except (msgspec.ValidationError, HookWrong) as error:
        raise DocumentRefused(file, line, misread_hook(error)) from error


class HookWrong(ValueError):
    """A field of a hook is wrong; `fault` says why."""

    def __init__(self, fault: Wrong):
        super().__init__(fault.said())
        self.fault = fault


def misread_hook(error: msgspec.ValidationError | HookWrong) -> Wrong:
    """Say what is wrong with a hook."""
    fault = error.fault if isinstance(error, HookWrong) else misread(error)
    return fault.of("hook")


def secret_of(document: JsonObject) -> str:
    """Give the secret that a document states, "" for none; raises HookWrong."""
    secret = document.get("secret", "")
    if not isinstance(secret, str):
        raise HookWrong(wrong("secret_text"))
    return secret


def _texts(document: JsonObject, name: str) -> tuple[str, ...]:
    value = document.get(name)
    if value is None:
        return ()
    listed = value if isinstance(value, list) else [value]
    texts = tuple(one for one in listed if isinstance(one, str) and one)
    if len(texts) != len(listed):
        raise HookWrong(wrong("texts", name=name))
    return texts


def _verification(value: Json) -> Verification:
    if value is None or isinstance(value, str):
        value = {"by": value or "none"}
        if value["by"] not in _SHORT:
            raise HookWrong(wrong("no_verify"))
    verification = msgspec.convert(value, Verification)
    if fault := verification.fault:
        raise HookWrong(fault)
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
        raise HookWrong(wrong("no_expression", field="challenge.when"))
    return Challenge(when, template_of(stated.answer, schema))
