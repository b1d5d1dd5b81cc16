"""What the brand may say, where it may stand, and what it is for."""

from typing import Literal

import msgspec

from wegweiser.terms.json import JsonObject

Channel = Literal[
    "web", "app", "email", "sms", "push", "phone", "social", "sales", "webhook", "file"
]
Direction = Literal["pull", "push"]
RuleLabel = Literal["eligible", "applicable", "suitable"]
OnUnknown = Literal["exclude", "pass"]


class RuleText(msgspec.Struct, frozen=True, omit_defaults=True):
    """One condition on a message, as text in CEL; `on_unknown` says what missing data means."""

    when: str
    label: RuleLabel = "eligible"
    on_unknown: OnUnknown = "exclude"


class Variant(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message in one form for one channel; `cost` is in the workspace currency per contact."""

    key: str
    channel: Channel
    locale: str = ""
    format: str = ""
    content: JsonObject = {}
    cost: float = 0.0


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """What we want to say; `value` is what one response is worth in the workspace currency."""

    key: str
    variants: tuple[Variant, ...]
    goal: str = ""
    topic: str = ""
    value: float = 1.0
    service: bool = False
    rules: tuple[RuleText, ...] = ()
    starts_at: int | None = None
    ends_at: int | None = None
    stopped: bool = False
    lever: float = 1.0


class Placement(msgspec.Struct, frozen=True, omit_defaults=True):
    """A slot in which one or more messages can stand."""

    key: str
    channel: Channel
    slots: int = 1
    allow_nothing: bool = True
    direction: Direction = "pull"
    fallback: str = ""


class Goal(msgspec.Struct, frozen=True, omit_defaults=True):
    """An event that counts; `worth` is in the workspace currency, or read from `value_property`."""

    key: str
    when: str
    window_days: int = 30
    worth: float = 0.0
    value_property: str = ""
    unit: Literal["person", "account"] = "person"
