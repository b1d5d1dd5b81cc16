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
Diversity = Literal["topic", "goal", "format", "owner"]
Engage = Literal["response", "click", "dwell", "seen"]


class RuleText(msgspec.Struct, frozen=True, omit_defaults=True):
    """One condition on a message, as text in CEL; `on_unknown` says what missing data means."""

    when: str
    label: RuleLabel = "eligible"
    on_unknown: OnUnknown = "exclude"


class Variant(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message in one form for one channel; `cost` is in the workspace currency per contact.

    Once published, only the cost may change: another content is another variant.
    """

    key: str
    channel: Channel
    locale: str = ""
    format: str = ""
    content: JsonObject = {}
    cost: float = 0.0


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """What we want to say; `value` is what one response is worth in the workspace currency.

    `fallback` is the message that stands in where this one cannot be shown; one that is
    `fallback_only` never competes. Only a service message may be `urgent` (quiet hours do not
    hold it) or `legally_required` (suppressions do not). `stopped` is the kill switch.
    """

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
    format: str = ""
    stage_aim: str = ""
    persona_aim: str = ""
    urgent: bool = False
    legally_required: bool = False
    claim_bearing: bool = False
    price_bearing: bool = False
    owner: str = ""
    fallback: str = ""
    fallback_only: bool = False


class Placement(msgspec.Struct, frozen=True, omit_defaults=True):
    """A slot in which one or more messages can stand.

    `formats` are allowed (empty: all), the messages of one slate differ in each of `diversity`;
    `engage` is what the learner counts: a "response" is a click, a thing done, or a dwell of
    `engage_seconds` and more. `nothing_value` is what a flag answers where nothing is shown, for
    clients that want a value then. `floor` is the share that exploration has here, None as much as
    elsewhere; with 0 nobody can tell afterwards what other choices would have brought.
    """

    key: str
    channel: Channel
    slots: int = 1
    allow_nothing: bool = True
    direction: Direction = "pull"
    fallback: str = ""
    formats: tuple[str, ...] = ()
    diversity: tuple[Diversity, ...] = ()
    engage: Engage = "response"
    engage_seconds: float = 10.0
    nothing_value: JsonObject = {}
    floor: float | None = None


class Goal(msgspec.Struct, frozen=True, omit_defaults=True):
    """An event that counts; `worth` is in the workspace currency, or read from `value_property`.

    Pages call it by its `title`, where it has one. Where `suppress_on_reach`, its messages are not
    for those who have reached it (`unit`).
    """

    key: str
    when: str
    window_days: int = 30
    worth: float = 0.0
    value_property: str = ""
    unit: Literal["person", "account"] = "person"
    suppress_on_reach: bool = False
    title: str = ""
