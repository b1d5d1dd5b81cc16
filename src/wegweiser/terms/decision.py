"""A question for the best message, and the answer with everything needed to defend it."""

from typing import Literal

import msgspec

from wegweiser.terms.contact_order import Lifted
from wegweiser.terms.json import JsonObject
from wegweiser.terms.message import Channel

# A decision that was deferred too often, or for too long, is "expired".
Status = Literal["decided", "nothing", "deferred", "fallback", "expired"]
How = Literal["best", "sampled", "floor", "arm", "fallback"]
Mode = Literal["serve", "explain", "simulate"]


class Subject(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who is asked about, as "type:value" identifiers; empty text means not stated."""

    person: str = ""
    device: str = ""
    account: str = ""


class Ask(msgspec.Struct, frozen=True, omit_defaults=True):
    """One placement that wants up to `max` items."""

    key: str
    max: int = 1


class Deferral(msgspec.Struct, frozen=True, omit_defaults=True):
    """The decision that was put off before, how often, and when it was first asked (ms)."""

    decision_id: str
    number: int
    first_asked_at: int


class Situation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A request for a decision; the same `request_id` gives the same answer for 30 days.

    Without `deadline_ms` a placement that is asked has 80 ms, one that sends has no deadline.
    `as_of` (ms) is the moment that a simulation asks about, None for now. `deferral` is set where
    a decision that was put off is taken again, never by a request. `lease_hours` is how long the
    contacts of a batch or file stay reserved, 0 a quarter of an hour. `attempt` is 1 where a
    reservation was lost; it has a random stream of its own.
    """

    request_id: str
    subject: Subject
    placements: tuple[Ask, ...]
    channel: Channel | None = None
    locale: str = ""
    asked: tuple[str, ...] = ()
    mode: Mode = "serve"
    deadline_ms: int | None = None
    context: JsonObject = {}
    as_of: int | None = None
    deferral: Deferral | None = None
    lease_hours: int = 0
    attempt: int = 0


class Drop(msgspec.Struct, frozen=True, omit_defaults=True):
    """One reason and all candidates that it removed.

    `candidates` are little-endian uint16 indexes into the bundle's sorted candidates.
    """

    step: str
    reason: str
    candidates: bytes
    detail: str = ""
    until: int | None = None


class Figures(msgspec.Struct, frozen=True, array_like=True):
    """What a slot looked like in money (workspace currency), without anything about a person.

    `best` and `second` are the two messages of the highest mean utility ("" is nothing, or that
    there is no second one), `mean_utility` is the policy's over its chances, `expected` the
    response of what was chosen; `changes` names factors (P, V, C, L) without which another would
    have been best.
    """

    best: str
    second: str
    best_utility: float
    chosen_utility: float
    mean_utility: float
    expected: float
    changes: str = ""


class Draw(msgspec.Struct, frozen=True, omit_defaults=True):
    """The selection of one slot, so that it can be derived again by integer comparison.

    `candidates` are uint16 indexes (65535 = nothing), `weights` their uint64 selection
    probabilities in units of 2**-32 with sum 2**32, `drawn` the 32-bit random integer. `floor`
    is the share e that exploration got, spread over the `top` prospects, `grid` the number of
    intervals of the integration; old records do not tell them, nor the `figures`.
    """

    placement: str
    slot: int
    candidates: bytes
    weights: bytes
    drawn: int
    chosen: int
    how: How
    floor: float | None = None
    top: int = 0
    grid: int = 0
    figures: Figures | None = None

    @property
    def is_of_message(self) -> bool:
        """Tell whether a message was drawn, not nothing."""
        return self.chosen != 65_535


class Item(msgspec.Struct, frozen=True):
    """One chosen message; `pi` is its selection probability, never its response probability."""

    placement: str
    slot: int
    message: str
    variant: str
    pi: float
    how: How


class Round(msgspec.Struct, frozen=True, array_like=True):
    """One contact of a shared budget, drawn among the people who stood for it.

    `own` is the chance of the one whom the record is about, `before` and `after` those of all who
    stand before and behind, in units of 2**-32 with sum 2**32; `drawn` is the 32-bit random
    integer. The contact is one's own where `drawn` falls into `own`.
    """

    before: int
    own: int
    after: int
    drawn: int

    @property
    def is_own(self) -> bool:
        """Tell whether the contact went to the one whom the record is about."""
        return self.before <= self.drawn < self.before + self.own


class Shared(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a subject fared where fewer contacts were left for an account than people to tell.

    `among` people stood for `room` contacts, the fewest that a cap left; `rounds` are those in
    which the subject stood. For who was not drawn `cap` names the cap that the contacts before
    belonged to, `detail` its account or group, `until` (ms) is when it has room again, None where
    time does not tell.
    """

    among: int
    room: int
    rounds: tuple[Round, ...]
    cap: str = ""
    detail: str = ""
    until: int | None = None


# Who somebody is was still to be computed: for somebody new, only the leaf was known.
LEAF_ONLY = "leaf_only"
# Flags of decisions that no report of arms counts: what stood in was kept from a held-out unit,
# or the shares of the arms could not be read.
FALLBACK_WITHHELD, ARMS_UNREADABLE = "fallback_withheld", "arms_unreadable"


class Decision(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The record of one decision, written before the answer and never changed.

    `facts` is what was known of the subject at that moment, so that the choice can be explained
    and computed again; `slots` is how many messages each placement of `asked` wanted,
    `stage` the likeliest one.
    `attempt` is 1 where a reservation was lost before, `key_id` names the secret of the draws,
    `profile_version` is the log position up to which the subject was known, `factors` are the
    context factors that held, `timings` microseconds from the request to the end of each step.
    `increment` tells how it is known what messages cause, "assumed" or "measured"; `guard` names
    slices of the model whose predictions were not trusted; `learner` a model that stood in.
    `shared` tells of the draw among the people of an account for the contacts it has left.
    `flags`: "not_evaluable:<placement>" without exploration, "arm_kept" where a merged unit
    stays in the arm of the unit that was triggered first, "arms_unreadable", "fallback_withheld"
    where a held-out unit would have got nothing but a fallback, "rules_out_of_time" where rules
    were unknown because 5 ms were over, which cannot be computed again, "leaf_only" where who the
    subject is was still to be computed.
    """

    decision_id: str
    request_id: str
    body_digest: str
    at: int
    subject: Subject
    person_id: str = ""
    leaf: str = ""
    group_id: str = ""
    unit_id: str = ""
    unit_kind: Literal["person", "account"] = "person"
    channel: str = ""
    bundle: str = ""
    model: int = 0
    arm: str = "main"
    ghost: bool = False
    status: Status = "decided"
    reason: str = ""
    items: tuple[Item, ...] = ()
    draws: tuple[Draw, ...] = ()
    drops: tuple[Drop, ...] = ()
    candidates: int = 0
    features: JsonObject = {}
    facts: JsonObject = {}
    source_id: str = ""
    locale: str = ""
    asked: tuple[str, ...] = ()
    increment: str = ""
    guard: tuple[str, ...] = ()
    learner: str = ""
    slots: tuple[int, ...] = ()
    stage: str = ""
    attempt: int = 0
    epoch: str = ""
    key_id: str = ""
    profile_version: int = 0
    flags: tuple[str, ...] = ()
    factors: dict[str, float] = {}
    timings: dict[str, int] = {}
    overrides: tuple[Lifted, ...] = ()
    not_before: int = 0
    deferral: Deferral | None = None
    lease_hours: int = 0
    shared: Shared | None = None
