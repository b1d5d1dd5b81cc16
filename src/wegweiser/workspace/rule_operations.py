"""Operations on rules: test one on profiles, see how the published ones run."""

from collections.abc import Mapping
from typing import TypeVar

from wegweiser.decide.rule_guard import RuleRecord
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import read, text
from wegweiser.workspace.rule_metrics import digest_of
from wegweiser.workspace.site import Site

T = TypeVar("T")


async def rule_test(site: Site, arguments: JsonObject) -> Json:
    """Say of sample profiles whether a rule holds: true, false or unknown, and what failed."""
    await site.intake.settle()
    await site.segments.settle()
    policy = site.unifier.policy
    placement = _one_of(policy.placements, arguments, "placement")
    message = _one_of(policy.messages, arguments, "message")
    rows = site.publishing.rules.test(
        text(arguments, "rule"),
        read(arguments, "profiles", list[str], []),
        read(arguments, "context", JsonObject, {}),
        placement,
        message,
    )
    return {"rule": text(arguments, "rule"), "profiles": [*rows]}


def _one_of(known: Mapping[str, T], arguments: JsonObject, name: str) -> T | None:
    key = read(arguments, name, str, "")
    if key and key not in known:
        raise InputRefused(
            "bad_input", wrong("none_called", name=name, key=repr(key[:100])), 422, name
        )
    return known.get(key)


async def rule_list(site: Site, arguments: JsonObject) -> Json:
    """List the published rules, who has them, and how they ran since the start.

    `unknown` counts answers that were not possible by reason, `errors` those of them where it is
    not only that data was missing; a `flagged` rule took more than 1 ms three times in an hour.
    """
    policy, now = site.unifier.policy, site.clock.now_ms()
    users: dict[str, list[Json]] = {text: [] for text in policy.rule_texts}
    for message in policy.bundle.messages:
        for rule in message.rules:
            users[rule.when].append(message.key)
    rows: list[Json] = []
    for rule_text, messages in users.items():
        record = site.publishing.guard.records.get(rule_text, RuleRecord())
        row: JsonObject = {
            "rule": rule_text,
            "digest": digest_of(rule_text),
            "messages": messages,
            "asked": record.asked,
            "unknown": {**record.unknown},
            "errors": record.errors,
            "slow": record.slow_ever,
            "flagged": record.is_flagged(now),
        }
        rows.append(row)
    return {"rules": rows, "requests_over_budget": site.publishing.guard.over_budget}


OPERATIONS = {"rule_test": rule_test, "rule_list": rule_list}
