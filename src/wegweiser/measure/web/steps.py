"""Steps that people take, written as text: pages, events by their names, and goals."""

from collections.abc import Sequence
from string import ascii_lowercase

import msgspec

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json
from wegweiser.terms.wrong import Wrong, wrong

MOST_STEPS = 8
_IS_VIEW = "type in ('page', 'screen')"
_FIELDS = ("path", "page", "goal")


class Step(msgspec.Struct, frozen=True):
    """One step: `kind` is page, path, goal or event; an empty `value` means any of its kind."""

    kind: str
    value: str

    @property
    def shown(self) -> str:
        """Give the step as it is written."""
        if self.kind == "event":
            return self.value
        return f"{self.kind}:{self.value}" if self.value else self.kind

    def overlaps(self, other: "Step") -> bool:
        """Tell whether one thing done may be both steps at once."""
        return _source(self.kind) == _source(other.kind) and (
            self.kind != other.kind
            or self.value == other.value
            or not (self.value and other.value)
            or "*" in self.value + other.value
        )


def _source(kind: str) -> str:
    return "page" if kind == "path" else kind


def read_steps(text: str, least: int = 2, option: str = "steps") -> tuple[Step, ...]:
    """Read steps with ">" between them; raises InputRefused for too few, too many or empty ones.

    `path:/prices` is a view of that path, `path:/blog/*` of all below it, `page` of any page,
    `page:Prices` of a page of that name, `goal` any declared goal, `goal:sale` that goal; all
    else is the name of a tracked event.

    >>> [step.shown for step in read_steps("path:/prices > Demo Booked > goal:sale")]
    ['path:/prices', 'Demo Booked', 'goal:sale']
    """
    steps = tuple(_step(part.strip(), option) for part in text.split(">"))
    if not least <= len(steps) <= MOST_STEPS:
        raise _refused(option, wrong("steps_between", option=option, least=least, most=MOST_STEPS))
    return steps


def _step(text: str, option: str) -> Step:
    kind, colon, value = text.partition(":")
    if not text or (colon and kind in _FIELDS and not value):
        raise _refused(option, wrong("nameless_step", option=option, text=repr(text)))
    if kind == "path" and not colon:
        raise _refused(option, wrong("path_step", option=option))
    if kind in _FIELDS:
        return Step(kind, value)
    return Step("event", text)


def _refused(option: str, why: Wrong) -> InputRefused:
    return InputRefused("bad_option", why, 422, option)


def values_of(steps: Sequence[Step], prefix: str = "step") -> dict[str, Json]:
    """Give the values that the conditions bind: step_a, step_b and so on."""
    return {
        f"{prefix}_{letter}": step.value.removesuffix("*") if step.kind == "path" else step.value
        for letter, step in zip(ascii_lowercase, steps, strict=False)
    }


def event_condition(step: Step, parameter: str) -> str:
    """Give the condition on rows of `events` that this step is; goals are no events.

    >>> event_condition(Step("path", "/blog/*"), "step_a")
    "type in ('page', 'screen') and starts_with(path, $step_a)"
    """
    match step.kind:
        case "path" if step.value.endswith("*"):
            return f"{_IS_VIEW} and starts_with(path, ${parameter})"
        case "path":
            return f"{_IS_VIEW} and path = ${parameter}"
        case "page":
            return f"{_IS_VIEW} and name = ${parameter}" if step.value else _IS_VIEW
        case "event":
            return f"type = 'track' and name = ${parameter}"
        case _:
            return "false"


def goal_condition(step: Step, parameter: str) -> str:
    """Give the condition on rows of `outcomes` that this step is; only goals are."""
    if step.kind != "goal":
        return "false"
    return f"kind = 'goal' and goal = ${parameter}" if step.value else "kind = 'goal'"
