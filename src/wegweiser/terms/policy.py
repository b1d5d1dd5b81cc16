"""The rules under which all channels decide, published as one immutable bundle."""

from typing import Literal

import msgspec

from wegweiser.terms.message import Channel, Goal, Message, Placement


class Cap(msgspec.Struct, frozen=True, omit_defaults=True):
    """At most `limit` contacts per scope in the rolling window (t - window, t].

    Empty `channels` counts every channel: one ledger for all of them.
    """

    key: str
    limit: int
    window_hours: int
    scope: Literal["person", "account"] = "person"
    channels: tuple[Channel, ...] = ()
    per_message: bool = False


class Arms(msgspec.Struct, frozen=True, omit_defaults=True):
    """Always-on arms: shares of units for which nothing, or a random survivor, is chosen."""

    nothing: float = 0.02
    random: float = 0.01
    epoch: str = "1"
    unit: Literal["person", "account"] = "account"


class Exploration(msgspec.Struct, frozen=True, omit_defaults=True):
    """Floors of the selection probabilities and the spread scale rho of the draws."""

    floor_pull: float = 0.05
    floor_push: float = 0.02
    top: int = 10
    spread: float = 0.6


# What an endpoint can be told of besides messages.
ToldType = Literal[
    "audience.entered",
    "audience.exited",
    "profile.changed",
    "identity.merged",
    "identity.split",
    "erasure.finished",
]


class Endpoint(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a channel's own system takes messages: a webhook address or a folder.

    One that names `events` is told of these, of `segments` (all if empty), and gets no messages.
    """

    key: str
    channel: Channel
    via: Literal["webhook", "file"]
    target: str
    secret: str = ""
    events: tuple[ToldType, ...] = ()
    segments: tuple[str, ...] = ()


class Bundle(msgspec.Struct, frozen=True, omit_defaults=True):
    """All objects that one publish makes valid together; `number` rises by one per publish."""

    number: int = 0
    messages: tuple[Message, ...] = ()
    placements: tuple[Placement, ...] = ()
    goals: tuple[Goal, ...] = ()
    caps: tuple[Cap, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    arms: Arms = Arms()
    exploration: Exploration = Exploration()
    consent: dict[str, str] = {}


# The purposes that every workspace knows.
PURPOSES = (
    "functional",
    "security",
    "measurement",
    "personalisation",
    "profiling",
    "sharing",
    "email",
    "sms",
    "phone",
    "push",
)
# The purpose that a person must have granted before a channel may be used.
CONSENT_OF_CHANNEL: dict[str, str] = {
    "web": "personalisation",
    "app": "personalisation",
    "email": "email",
    "sms": "sms",
    "push": "push",
    "phone": "phone",
    "social": "sharing",
    "sales": "profiling",
    "webhook": "sharing",
    "file": "sharing",
}
