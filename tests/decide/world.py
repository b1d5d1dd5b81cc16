"""A small invented world of messages, placements and people to decide for."""

from typing import Any

from wegweiser.decide.facts import Facts
from wegweiser.decide.pipeline import decide
from wegweiser.decide.policy import Policy, compile_policy
from wegweiser.terms.decision import Ask, Decision, Situation, Subject
from wegweiser.terms.message import Goal, Message, Placement, RuleText, Variant
from wegweiser.terms.model import Snapshot
from wegweiser.terms.policy import Arms, Bundle

NOW = 1_795_340_467_000
HOUR = 3_600_000
DAY = 24 * HOUR
KEY = b"a secret of this test"
NO_ARMS = Arms(nothing=0.0, random=0.0)
GRANTED = {"personalisation": "granted", "email": "granted"}
HERO = Placement("home.hero", "web")
MAIL = Placement("newsletter", "email", direction="push")
WON = Goal("won", 'event == "Won"')


def message(key: str, *rules: RuleText, channel: Any = "web", **fields: Any) -> Message:
    """A message with one variant."""
    variants = (Variant("v1", channel, content={"title": key}),)
    return Message(key, fields.pop("variants", variants), rules=rules, **fields)


def bundle(*messages: Message, **fields: Any) -> Bundle:
    """A bundle without arms unless they are given."""
    plain: dict[str, Any] = {"placements": (HERO, MAIL), "goals": (WON,), "arms": NO_ARMS}
    return Bundle(number=1, messages=messages, **{**plain, **fields})


def policy(*messages: Message, **fields: Any) -> Policy:
    """A compiled bundle."""
    return compile_policy(bundle(*messages, **fields))


def person(**fields: Any) -> Facts:
    """Somebody who has allowed web and e-mail."""
    return Facts(**{"consent": GRANTED, "unit_id": "group_id:example", **fields})


def ask(
    rules: Policy,
    facts: Facts | None = None,
    request: str = "req-1",
    placements: tuple[Ask, ...] = (Ask("home.hero"),),
    snapshot: Snapshot | None = None,
    at: int = NOW,
    locale: str = "",
) -> Decision:
    """Ask for a decision."""
    situation = Situation(
        request_id=request, subject=Subject(), placements=placements, locale=locale
    )
    return decide(
        rules, snapshot or Snapshot(), situation, facts or person(), at, f"dec-{request}", KEY
    )
