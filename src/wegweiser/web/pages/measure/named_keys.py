"""Keys of caps, goals and segments in the rows of an answer, told by their names."""

from collections.abc import Callable, Mapping

import msgspec

from wegweiser.terms.json import Json
from wegweiser.terms.result import Answer
from wegweiser.web.caps import cap_names
from wegweiser.web.pages.answers import Wish
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.goal_names import goal_name
from wegweiser.web.text import Reader

Naming = Callable[[str], str]
# Its parts are called segments whatever they are cut by.
_CUT_BY = "lift.segments"


def with_names(desk: Desk, reader: Reader, one: Wish, answer: Answer) -> Answer:
    """Give an answer whose rows tell names in place of keys; a key without a name stays."""
    names = _names(desk, reader, one)
    columns = [names.get(column) for column in answer.columns]
    if not any(columns):
        return answer
    rows = tuple(
        tuple(_named(name, value) for name, value in zip(columns, row, strict=True))
        for row in answer.rows
    )
    return msgspec.structs.replace(answer, rows=rows)


def _named(name: Naming | None, value: Json) -> Json:
    return value if name is None or not isinstance(value, str) or not value else name(value)


def _names(desk: Desk, reader: Reader, one: Wish) -> Mapping[str, Naming]:
    bundle = desk.site.unifier.policies.bundle
    caps, goals = cap_names(reader, bundle.caps), bundle.goals
    titled = {goal.key: goal.title for goal in goals if goal.title}

    def reason(code: str) -> str:
        kind, _, key = code.partition(":")
        if kind == "cap" and key in caps:
            return f"cap:{caps[key]}"
        return f"goal_reached:{goal_name(goals, key)}" if kind == "goal_reached" and key else code

    def segment(key: str) -> str:
        found = desk.site.segments.get(key)
        return key if found is None else found.name

    cut_by = dict(one.options).get("by", "") if one.measure == _CUT_BY else "segment"
    named: dict[str, Naming] = {"reason": reason, "goal": lambda key: titled.get(key, key)}
    return {**named, "segment": segment} if cut_by.startswith("segment") else named
