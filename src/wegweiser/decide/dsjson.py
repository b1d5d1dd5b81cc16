"""A decision as a line of Vowpal Wabbit's decision-service JSON, for one slot or for slates (CCB).

The format: github.com/VowpalWabbit/vowpal_wabbit/wiki/DSJSON.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from wegweiser.decide.again import recorded_facts
from wegweiser.decide.candidate import NOTHING
from wegweiser.decide.policy import Policy
from wegweiser.decide.probability import WHOLE
from wegweiser.terms.decision import Decision, Draw
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject

VERSION = "1"
NOTHING_TAG = "(nothing)"


def cb_line(decision: Decision, draw: Draw, policy: Policy, reward: float | None) -> JsonObject:
    """Write one slot as a contextual bandit: `a` and `p` begin with what was chosen.

    Actions are numbered from 1 in the order of `c._multi`. The cost is minus the reward; without
    one (its window is open) the line has no label.
    """
    listed, chances = _listed(draw)
    place = listed.index(draw.chosen)
    order = [place, *(other for other in range(len(listed)) if other != place)]
    label: JsonObject = {}
    if reward is not None:
        label = {
            "_label_cost": _cost(reward),
            "_label_probability": chances[place],
            "_label_Action": place + 1,
            "_labelIndex": place,
            "o": [_observation(_event_id(decision, draw), reward)],
        }
    return {
        **label,
        "Timestamp": _timestamp(decision.at),
        "Version": VERSION,
        "EventId": _event_id(decision, draw),
        "a": [one + 1 for one in order],
        "c": {**_shared(decision, draw.placement), "_multi": _actions(policy, listed)},
        "p": [chances[one] for one in order],
        "VWState": {"m": str(decision.model)},
    }


def ccb_line(
    decision: Decision,
    draws: Sequence[Draw],
    policy: Policy,
    rewards: Mapping[int, float | None],
) -> JsonObject:
    """Write the slots of one placement as a conditional contextual bandit, in order of slots.

    Actions are numbered from 0; `_a` and `_p` of a slot begin with what was chosen, and leave out
    what could not stand there any more. `rewards` are by slot.
    """
    indexes = sorted({index for draw in draws for index in _listed(draw)[0]})
    number = {index: place for place, index in enumerate(indexes)}
    outcomes: list[Json] = []
    for draw in draws:
        listed, chances = _listed(draw)
        place = listed.index(draw.chosen)
        order = [place, *(other for other in range(len(listed)) if other != place)]
        reward = rewards.get(draw.slot)
        name = _event_id(decision, draw)
        label: JsonObject = {} if reward is None else {"_label_cost": _cost(reward)}
        seen: JsonObject = {} if reward is None else {"_o": [_observation(name, reward)]}
        outcomes.append(
            {
                **label,
                "_id": name,
                "_a": [number[listed[one]] for one in order],
                "_p": [chances[one] for one in order],
                **seen,
            }
        )
    slots: list[Json] = [{"_id": _event_id(decision, draw)} for draw in draws]
    context: JsonObject = {
        **_shared(decision, draws[0].placement),
        "_multi": _actions(policy, indexes),
        "_slots": slots,
    }
    return {
        "Timestamp": _timestamp(decision.at),
        "Version": VERSION,
        "EventId": f"{decision.decision_id}#{draws[0].placement}",
        "c": context,
        "_outcomes": outcomes,
        "VWState": {"m": str(decision.model)},
    }


def _listed(draw: Draw) -> tuple[list[int], list[float]]:
    candidates = np.frombuffer(draw.candidates, dtype="<u2")
    weights = np.frombuffer(draw.weights, dtype="<u8")
    return [int(one) for one in candidates], [int(one) / WHOLE for one in weights]


def _event_id(decision: Decision, draw: Draw) -> str:
    return f"{decision.decision_id}#{draw.placement}#{draw.slot}"


def _cost(reward: float) -> float:
    return -reward if reward else 0.0


def _observation(name: str, reward: float) -> JsonObject:
    return {"v": _cost(reward), "EventId": name, "ActionTaken": reward > 0}


def _timestamp(at: int) -> str:
    # Seven digits after the second, as the decision service writes them.
    return format_instant(at).replace("Z", "0000Z")


def _shared(decision: Decision, placement: str) -> JsonObject:
    """Write what all actions share; a name that begins with _ is no feature."""
    facts = recorded_facts(decision)
    spaces: dict[str, JsonObject] = {
        "Situation": {"placement": placement, "locale": decision.locale},
        "Person": _flat(facts.person) | ({"role": facts.role} if facts.role else {}),
        "Account": _flat(facts.account),
        "Context": _flat(facts.context),
        "Interest": {**facts.interests()},
    }
    found: JsonObject = {name: space for name, space in spaces.items() if space}
    return {
        **found,
        "_unit": decision.unit_id or decision.decision_id,
        "_arm": decision.arm,
        "_placement": placement,
        "_bundle": decision.bundle,
    }


def _flat(owner: Json, prefix: str = "", deep: int = 3) -> JsonObject:
    """Write nested values under dotted names; lists and what is deeper are left out."""
    found: JsonObject = {}
    for name, value in owner.items() if isinstance(owner, dict) else ():
        key = f"{prefix}{name}"
        if key == "interests" or name.startswith("_"):
            continue
        if isinstance(value, dict):
            found |= _flat(value, f"{key}.", deep - 1) if deep else {}
        elif isinstance(value, str | int | float):
            found[key] = value
    return found


def _actions(policy: Policy, indexes: Iterable[int]) -> list[Json]:
    return [_action(policy, index) for index in indexes]


def _action(policy: Policy, index: int) -> JsonObject:
    if index == NOTHING:
        return {"_tag": NOTHING_TAG, "Action": {"id": NOTHING_TAG}}
    candidate = policy.candidates[index]
    message, variant = candidate.message, candidate.variant
    features = {
        "id": candidate.id,
        "message": message.key,
        "topic": message.topic,
        "format": variant.format or message.format,
        "stage_aim": message.stage_aim,
        "persona_aim": message.persona_aim,
        "goal": message.goal,
    }
    return {
        "_tag": candidate.id,
        "Action": {name: value for name, value in features.items() if value},
    }
