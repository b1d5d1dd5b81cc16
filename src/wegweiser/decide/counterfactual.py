"""What a draft policy would have chosen in a situation that another policy decided."""

from collections.abc import Mapping

import msgspec

from wegweiser.decide.chances import SILENCE, chances_of, name_of
from wegweiser.decide.facts import Facts
from wegweiser.decide.pipeline import decide
from wegweiser.decide.policy import Policy
from wegweiser.decide.wanted import Wanted
from wegweiser.terms.decision import Ask, Decision, Draw, Situation
from wegweiser.terms.model import Snapshot
from wegweiser.terms.policy import Arms


class Alternative(msgspec.Struct, frozen=True):
    """The first slot of one placement: what was chosen, and both policies' chances by candidate.

    A candidate is named "message/variant", SILENCE is nothing; chances of a policy sum to 1.
    """

    placement: str
    chosen: str
    logged: dict[str, float]
    target: dict[str, float]


def without_arms(policy: Policy) -> Policy:
    """Give a policy that decides for everybody as for its main arm."""
    none = Arms(nothing=0.0, random=0.0, epoch=policy.bundle.arms.epoch)
    return Policy(msgspec.structs.replace(policy.bundle, arms=none))


def alternatives(
    decision: Decision, logged: Policy, draft: Policy, snapshot: Snapshot
) -> list[Alternative]:
    """Compare a logged decision with a draft made by `without_arms`, placement by placement.

    Left out are placements that only a fallback filled, and those that the draft has no more.
    Slots after the first depend on what stands before them, so they are not compared.
    """
    facts = msgspec.convert(decision.facts, Facts)
    drawn = {draw.placement: draw for draw in decision.draws if draw.slot == 0}
    fallen_back = {item.placement for item in decision.items if item.how == "fallback"}
    return [
        Alternative(
            placement,
            _chosen(drawn.get(placement), logged),
            chances_of(logged, drawn.get(placement)),
            _target(decision, placement, facts, draft, snapshot),
        )
        for placement in asked_in(decision)
        if placement in draft.placements and placement not in fallen_back
    ]


def asked_in(decision: Decision) -> list[str]:
    """Name the placements that were asked for; old records tell only those that were drawn."""
    drawn = [draw.placement for draw in decision.draws]
    return list(dict.fromkeys([*decision.asked, *drawn]))


def _target(
    decision: Decision, placement: str, facts: Facts, draft: Policy, snapshot: Snapshot
) -> dict[str, float]:
    situation = Situation(
        request_id=decision.request_id,
        subject=decision.subject,
        placements=(Ask(placement),),
        locale=decision.locale,
        context=facts.context,
    )
    again = decide(draft, snapshot, situation, facts, decision.at, "", b"")
    if again.items and again.items[0].how == "fallback":
        item = again.items[0]
        return {f"{item.message}/{item.variant}": 1.0}
    return chances_of(draft, again.draws[0] if again.draws else None)


def _chosen(draw: Draw | None, policy: Policy) -> str:
    return SILENCE if draw is None else name_of(policy, draw.chosen)


def unread(draft: Policy, logged: Policy) -> list[str]:
    """List fields that a draft's rules read and that the logged policy's record does not keep.

    >>> from wegweiser.terms.message import Message, RuleText, Variant
    >>> from wegweiser.terms.policy import Bundle
    >>> rule = RuleText('person.traits.plan == "team"')
    >>> ruled = Policy(Bundle(messages=(Message("m", (Variant("v", "web"),), rules=(rule,)),)))
    >>> [path for path in unread(ruled, Policy(Bundle())) if "plan" in path], unread(ruled, ruled)
    (['person.traits.plan'], [])
    """
    owners = ("person", "account", "context")
    return [
        path
        for owner in owners
        if owner in draft.wanted
        for path in _missing(draft.wanted[owner], logged.wanted.get(owner), owner)
    ]


def _missing(wanted: Wanted, kept: Mapping[str, Wanted] | None, path: str) -> list[str]:
    if kept is None:
        return [f"{path}.{below}" for below in _leaves(wanted)] or [path]
    if not kept:
        return []
    if not wanted:
        return [path]
    return [
        found
        for key, below in wanted.items()
        for found in _missing(below, kept.get(key), f"{path}.{key}")
    ]


def _leaves(wanted: Wanted) -> list[str]:
    return [
        ".".join((key, *([below] if below else [])))
        for key, tree in wanted.items()
        for below in (_leaves(tree) or [""])
    ]
