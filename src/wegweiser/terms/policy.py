"""The rules under which all channels decide, published as one immutable bundle."""

from typing import Literal

import msgspec

from wegweiser.terms.message import Channel, Goal, Message, Placement

CapScope = Literal["person", "account", "group", "tenant"]
MessageClass = Literal["service", "normal"]


class Cap(msgspec.Struct, frozen=True, omit_defaults=True):
    """At most `limit` contacts per scope in the rolling window (t - window, t].

    Empty `channels` (and `topics`, `messages`, `classes`, `direction`) count and block all: one
    ledger for all of them. With `per` every value is counted by itself; `per_message` is `per:
    message`. `counted` is the state from which a contact counts, "" the usual one of its channel.
    `calendar` counts from the beginning of a day, week or month in the subject's zone instead of
    `window_hours`. Classes in `exempt` neither count nor fall; a share `reserve` of the limit is
    kept for messages worth `high_value` and more.
    """

    key: str
    limit: int
    window_hours: int = 0
    scope: CapScope = "person"
    channels: tuple[Channel, ...] = ()
    per_message: bool = False
    per: Literal["", "channel", "topic", "message", "class"] = ""
    topics: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    classes: tuple[MessageClass, ...] = ()
    direction: Literal["", "pull", "push"] = ""
    counted: Literal["", "reserved", "delivered", "seen", "clicked", "done"] = ""
    calendar: Literal["", "day", "week", "month"] = ""
    on_exceed: Literal["defer", "drop", "other_channel"] = "defer"
    exempt: tuple[MessageClass, ...] = ("service",)
    reserve: float = 0.0
    high_value: float = 0.0
    count_at: Literal["", "served"] = ""


class Suppression(msgspec.Struct, frozen=True, omit_defaults=True):
    """After `after` answers of `counting` in `window_hours` a message or topic rests everywhere.

    "ignored" is a contact that was seen and never clicked. Empty `channels` counts on all of
    them; the pause of `pause_hours` holds on `only_channels`, empty for every channel.
    """

    key: str
    after: int = 3
    window_hours: int = 30 * 24
    pause_hours: int = 30 * 24
    of: Literal["message", "topic"] = "message"
    counting: tuple[Literal["declined", "ignored"], ...] = ("declined",)
    channels: tuple[Channel, ...] = ()
    only_channels: tuple[Channel, ...] = ()


class QuietHours(msgspec.Struct, frozen=True, omit_defaults=True):
    """When people are left alone: outbound contacts go out in `allowed` ("08:00-20:00") only.

    `packs` says that the stricter spans of the person's country count as well; `country` is the
    one of people of whom none is known, "" sends them nothing. Service is held unless urgent.
    """

    enabled: bool = False
    allowed: str = "08:00-20:00"
    channels: tuple[Channel, ...] = ("email", "sms", "push", "phone")
    packs: bool = True
    country: str = ""


class Sequence(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who of a buying group hears of a topic first: each role of `order` after the one before."""

    key: str
    topic: str
    order: tuple[str, ...]


class ContactRules(msgspec.Struct, frozen=True, omit_defaults=True):
    """What limits contacts besides caps.

    While a trait of `owned_by` is true of an account, sales owns outbound; `handover` are the
    channels by which marketing may hand over a task. Rules of accounts hold for anonymous visitors
    above `match_confidence` only. `price_max` above 0 lets attention cost up to so much.
    """

    owned_by: tuple[str, ...] = ("open_opportunity",)
    handover: tuple[Channel, ...] = ("sales",)
    match_confidence: float = 0.8
    deferrals: int = 5
    deferred_days: int = 7
    ledger_down: Literal["closed", "open"] = "closed"
    price_max: float = 0.0


# Holds wherever nothing else is said: who has declined three times is left alone for a month.
DECLINED = Suppression("declined")


class Arms(msgspec.Struct, frozen=True, omit_defaults=True):
    """Always-on arms as shares of units; the rest is `main`, which runs everything.

    `nothing` is held out, `random` takes any survivor, `no_levers` leaves factors and levers out,
    `rules_only` the learner, `eligible_only` the soft rules, `one_best` the context; in the arm
    `challenger` the model `challenger_model` stands in for the shared one. Epochs last 12 months
    from the ISO day `epoch_starts` on, and each of them draws anew.
    """

    nothing: float = 0.02
    random: float = 0.01
    epoch: str = "1"
    unit: Literal["person", "account"] = "account"
    # Bundles published before these arms existed ran without them.
    no_levers: float = 0.0
    rules_only: float = 0.0
    eligible_only: float = 0.0
    one_best: float = 0.0
    challenger: float = 0.0
    challenger_model: str = ""
    epoch_starts: str = "2026-01-01"


class Exploration(msgspec.Struct, frozen=True, omit_defaults=True):
    """Floors of the selection probabilities and the spread scale rho of the draws.

    Without `spread` it is 0.4 (0.6 under snapshots of before there were roles in the features).
    A push message begins with the share `ramp` of all units and has them all after
    `ramp_positives` responses; 1 is without a ramp.
    """

    floor_pull: float = 0.05
    floor_push: float = 0.02
    top: int = 10
    spread: float | None = None
    ramp: float = 1.0
    ramp_positives: int = 200


class Factor(msgspec.Struct, frozen=True, omit_defaults=True):
    """What messages count more or less while a condition in CEL holds: a factor from 0.5 to 2.

    The condition speaks of the subject and the situation; without `messages` and `topics` it
    concerns all messages.
    """

    key: str
    when: str
    factor: float
    messages: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


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
    """Where a channel's own system takes messages: an address, a mail server or a folder.

    One that names `events` is told of these, of `segments` (all if empty), and gets no messages.
    `secret_env` names the environment variable that holds what `secret` would publish: one or
    more signing secrets, or the password of `user` at a mail server. Mails come from `sender`,
    and bounces come back to `bounces_to`.
    At most `per_second` and `per_hour` messages go out, 0 is without limit. A folder with a
    `format` takes files of many messages, which have to be acknowledged.
    """

    key: str
    channel: Channel
    via: Literal["webhook", "file", "smtp", "slack", "crm_task"]
    target: str
    secret: str = ""
    events: tuple[ToldType, ...] = ()
    segments: tuple[str, ...] = ()
    secret_env: str = ""
    user: str = ""
    sender: str = ""
    reply_to: str = ""
    bounces_to: str = ""
    per_second: float = 0.0
    per_hour: int = 0
    at_least_once: bool = False
    format: Literal["", "csv", "parquet"] = ""


AttributeUse = Literal["decisions", "learning", "measurement", "delivery", "support"]


class Attribute(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a field of a profile may be used for; `key` is its path, such as person.traits.plan.

    A field that is not declared may be used for everything.
    """

    key: str
    purposes: tuple[AttributeUse, ...] = ()


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
    attributes: tuple[Attribute, ...] = ()
    factors: tuple[Factor, ...] = ()
    suppressions: tuple[Suppression, ...] = (DECLINED,)
    quiet_hours: QuietHours = QuietHours()
    sequences: tuple[Sequence, ...] = ()
    contact_rules: ContactRules = ContactRules()


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
