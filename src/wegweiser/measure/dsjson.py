"""Logs of other systems in Vowpal Wabbit's decision-service JSON, read for off-policy values."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec
import numpy as np

from wegweiser.measure.off_policy import LEAST_LOGGED, Choices, Offers
from wegweiser.measure.off_policy_answer import Row
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import parse_instant
from wegweiser.terms.json import Json, JsonObject

UNIFORM, LOGGED, ALWAYS = "uniform", "logged", "always:"
MOST_ACTIONS = 65_536


class Logged(msgspec.Struct, frozen=True):
    """One labelled slot of a log: what was chosen, how likely each action was, what it earned.

    `chances` is by the name of the action; `position` counts slots of a slate from 0.
    """

    event_id: str
    unit: str
    at: int
    arm: str
    model: str
    position: int
    chosen: str
    chances: dict[str, float]
    reward: float


def read_log(lines: Iterable[bytes]) -> tuple[list[Logged], int]:
    """Read lines; gives the labelled slots, and how many slots have no label.

    Raises InputRefused with the number of a line that is no decision.
    """
    found: list[Logged] = []
    unlabelled = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        for one in _read(number, line):
            if one is None:
                unlabelled += 1
            else:
                found.append(one)
    return found, unlabelled


def _read(number: int, line: bytes) -> Iterator[Logged | None]:
    try:
        document = msgspec.json.decode(line, type=dict[str, Json])
        yield from _slots(document)
    except (msgspec.DecodeError, KeyError, TypeError, ValueError, IndexError) as error:
        told = f"Line {number} is no dsjson decision: {error}."
        raise InputRefused("bad_line", told[:300], 422) from error


def _slots(document: JsonObject) -> Iterator[Logged | None]:
    context = _object(document["c"])
    names = _names(context)
    if "_outcomes" not in document:
        yield _cb(document, context, names)
        return
    for position, one in enumerate(_list(document["_outcomes"])):
        outcome = _object(one)
        if "_label_cost" not in outcome:
            yield None
            continue
        actions = [names[_whole(action)] for action in _list(outcome["_a"])]
        chances = _chances(actions, outcome["_p"])
        reward = -_number(outcome["_label_cost"])
        yield _logged(document, context, position, actions[0], chances, reward)


def _cb(document: JsonObject, context: JsonObject, names: list[str]) -> Logged | None:
    if "_label_cost" not in document:
        return None
    actions = [names[_whole(action) - 1] for action in _list(document["a"])]
    chances = _chances(actions, document["p"])
    chosen = names[_whole(document["_label_Action"]) - 1]
    chances[chosen] = _number(document["_label_probability"])
    reward = -_number(document["_label_cost"])
    return _logged(document, context, 0, chosen, chances, reward)


def _logged(
    document: JsonObject,
    context: JsonObject,
    position: int,
    chosen: str,
    chances: dict[str, float],
    reward: float,
) -> Logged:
    if not 0.0 < chances[chosen] <= 1.0:
        raise ValueError(f"the probability of what was chosen is {chances[chosen]}")
    event_id = str(document.get("EventId", ""))
    state = document.get("VWState")
    return Logged(
        event_id=event_id,
        unit=str(context.get("_unit") or event_id),
        at=parse_instant(str(document["Timestamp"])) or 0,
        arm=str(context.get("_arm", "main")),
        model=str(state.get("m", "")) if isinstance(state, dict) else "",
        position=position,
        chosen=chosen,
        chances=chances,
        reward=reward,
    )


def _names(context: JsonObject) -> list[str]:
    actions = _list(context["_multi"])
    if len(actions) > MOST_ACTIONS:
        raise ValueError(f"more than {MOST_ACTIONS} actions")
    return [
        str(action["_tag"]) if isinstance(action, dict) and "_tag" in action else str(place + 1)
        for place, action in enumerate(actions)
    ]


def _chances(actions: list[str], given: Json) -> dict[str, float]:
    numbers = [_number(one) for one in _list(given)]
    if len(numbers) == 1:
        # Some logs tell only the probability of what was chosen.
        return {actions[0]: numbers[0]}
    if len(numbers) != len(actions):
        raise ValueError(f"{len(actions)} actions and {len(numbers)} probabilities")
    found: dict[str, float] = {}
    for name, chance in zip(actions, numbers, strict=True):
        found[name] = found.get(name, 0.0) + chance
    return found


def _object(value: Json) -> JsonObject:
    if not isinstance(value, dict):
        raise TypeError("an object is missing")
    return value


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise TypeError("a list is missing")
    return value


def _number(value: Json) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r} is no number")
    return float(value)


def _whole(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TypeError(f"{value!r} is no number of an action")
    return value


def targets_of(
    logged: list[Logged], policy: str, stated: Mapping[tuple[str, int], Mapping[str, float]]
) -> list[dict[str, float]]:
    """Give the chances that a policy gives the actions of every slot.

    A policy is "uniform", "logged", "always:ACTION", or what another log stated for the same
    events. Raises InputRefused for a policy that is none of them.
    """
    if policy == LOGGED:
        return [one.chances for one in logged]
    if policy == UNIFORM:
        return [dict.fromkeys(one.chances, 1.0 / len(one.chances)) for one in logged]
    if policy.startswith(ALWAYS):
        name = policy.removeprefix(ALWAYS)
        return [{name: 1.0} for _ in logged]
    if stated:
        return [dict(stated.get((one.event_id, one.position), {})) for one in logged]
    told = f"There is no policy {policy!r}; there are uniform, logged, always:ACTION and a file."
    raise InputRefused("bad_policy", told, 422, "policy")


def choices_of(logged: list[Logged], targets: list[dict[str, float]]) -> tuple[Choices, list[Row]]:
    """Lay a log and a target out as the estimators read them."""
    arms: dict[str, int] = {}
    units = {unit: place for place, unit in enumerate(dict.fromkeys(one.unit for one in logged))}
    models = {name: place for place, name in enumerate(sorted({one.model for one in logged}))}
    offers = [
        (row, arms.setdefault(name, len(arms)), chance)
        for row, target in enumerate(targets)
        for name, chance in target.items()
    ]
    pairs = list(zip(logged, targets, strict=True))
    choices = Choices(
        arm=np.array([arms.setdefault(one.chosen, len(arms)) for one in logged], dtype=np.intp),
        logged=np.array([one.chances[one.chosen] for one in logged]),
        target=np.array([target.get(one.chosen, 0.0) for one, target in pairs]),
        reward=np.array([one.reward for one in logged], dtype=np.float64),
        unit=np.array([units[one.unit] for one in logged], dtype=np.intp),
        unsupported=np.array([_unsupported(one, target) for one, target in pairs]),
        offers=Offers(
            row=np.array([row for row, _, _ in offers], dtype=np.intp),
            arm=np.array([arm for _, arm, _ in offers], dtype=np.intp),
            chance=np.array([chance for _, _, chance in offers], dtype=np.float64),
        ),
    )
    rows = [Row(one.unit, one.at, one.arm, models[one.model], one.position) for one in logged]
    return choices, rows


def _unsupported(one: Logged, target: dict[str, float]) -> float:
    known = sum(
        chance for name, chance in target.items() if one.chances.get(name, 0.0) >= LEAST_LOGGED
    )
    return max(0.0, 1.0 - known)
