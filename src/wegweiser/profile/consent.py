"""Consent: what a leaf said to each purpose, and what that means for the person."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import unquote

import msgspec

from wegweiser.terms.identity import Leaf
from wegweiser.terms.policy import PURPOSES

# What a preference object leaves out, it denies; the purposes are not known while folding.
EVERY_OTHER = "*"
# The signal of Global Privacy Control, which denies these purposes until a later choice.
GPC = "(gpc)"
DENIED_BY_GPC = ("sharing", "advertising")
# A flood of invented purposes displaces none of these.
ALWAYS_KEPT = frozenset({*PURPOSES, EVERY_OTHER, GPC})
NEEDS_PROOF = frozenset({"email", "sms", "phone"})

_CLAIM = "claim:"

JoinedAt = Callable[[Sequence[Leaf]], int | None]


class Choice(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False):
    """One statement on a purpose; the greatest in field order stands."""

    explicit: bool
    at: int
    denied: bool
    message_id: str

    @property
    def status(self) -> str:
        """Say it in a word."""
        return "denied" if self.denied else "granted"


Choices = dict[str, Choice]


def keep(choices: Choices, purpose: str, choice: Choice) -> None:
    """Let the greater of two choices stand, in place; of the signal GPC the first one.

    That signal comes with every request: a later one must not undo what was chosen in between.
    """
    old = choices.get(purpose)
    if old is None or (choice < old if purpose == GPC else choice > old):
        choices[purpose] = choice


def merge_choices(a: Mapping[str, Choice], b: Mapping[str, Choice]) -> Choices:
    """Give for every purpose the greater of two choices."""
    merged = dict(a)
    for purpose, choice in b.items():
        keep(merged, purpose, choice)
    return merged


def choice_on(purpose: str, choices: Mapping[str, Choice]) -> Choice | None:
    """Give the choice that stands for a purpose, None when nothing was said."""
    stated = _stated_on(purpose, choices)
    signal = choices.get(GPC) if purpose in DENIED_BY_GPC else None
    return stated if signal is None else max(filter(None, (stated, signal)))


def _stated_on(purpose: str, choices: Mapping[str, Choice]) -> Choice | None:
    named, rest = choices.get(purpose), choices.get(EVERY_OTHER)
    if named is None or rest is None:
        return named or rest
    # An object denies what it leaves out, not what it names.
    same_object = (named.at, named.message_id) == (rest.at, rest.message_id)
    return named if same_object else max(named, rest)


class LeafConsent(msgspec.Struct, frozen=True):
    """All choices of one leaf, kept apart by whether their sender is trusted."""

    leaf: Leaf
    trusted: Choices
    public: Choices

    def on(self, purpose: str) -> Choice | None:
        """Give the leaf's choice; a public grant where proof is needed counts as unset."""
        public = choice_on(purpose, self.public)
        if public is not None and not public.denied and purpose in NEEDS_PROOF:
            public = None
        trusted = choice_on(purpose, self.trusted)
        stated = [choice for choice in (public, trusted) if choice is not None]
        return max(stated, default=None)


def person_consent(leaves: Iterable[LeafConsent], joined_at: JoinedAt) -> dict[str, str]:
    """Give the status of every purpose that a leaf of the person has spoken about.

    A statement newer than the evidence that joined the leaves decides; older ones that differ
    are in conflict, which counts as not consented. Whoever only claims to be the person may
    restrict it, but opens nothing on which a trusted statement of another leaf exists.
    """
    held = sorted(leaves, key=lambda consent: consent.leaf)
    named = {purpose for leaf in held for part in (leaf.trusted, leaf.public) for purpose in part}
    purposes = named - {EVERY_OTHER, GPC}
    if EVERY_OTHER in named:
        purposes.update(PURPOSES)
    if GPC in named:
        purposes.update(DENIED_BY_GPC)
    found = {purpose: _status(purpose, held, joined_at) for purpose in sorted(purposes)}
    return {purpose: status for purpose, status in found.items() if status}


def _status(purpose: str, leaves: list[LeafConsent], joined_at: JoinedAt) -> str:
    stated = _stated(purpose, leaves)
    explicit = {leaf: choice for leaf, choice in stated.items() if choice.explicit}
    standing = explicit or stated
    if not standing:
        return ""
    if len({choice.denied for choice in standing.values()}) == 1:
        return next(iter(standing.values())).status
    joined = joined_at(sorted(standing))
    newest = max(standing.values(), key=lambda choice: (choice.at, choice.denied))
    return newest.status if joined is None or newest.at > joined else "conflict"


def _stated(purpose: str, leaves: list[LeafConsent]) -> dict[Leaf, Choice]:
    trusted = {leaf.leaf for leaf in leaves if choice_on(purpose, leaf.trusted) is not None}
    claiming = _claiming(leaves) if trusted else set()
    found: dict[Leaf, Choice] = {}
    for leaf in leaves:
        choice = leaf.on(purpose)
        believed = choice_on(purpose, leaf.trusted)
        opens = choice is not None and not choice.denied and choice != believed
        if opens and leaf.leaf in claiming and trusted - {leaf.leaf}:
            choice = believed
        if choice is not None:
            found[leaf.leaf] = choice
    return found


def _claiming(leaves: list[LeafConsent]) -> set[Leaf]:
    """Give the claim leaves and the devices that make these claims."""
    claims = {leaf.leaf for leaf in leaves if leaf.leaf.startswith(_CLAIM)}
    return claims | {_device_of(claim) for claim in claims}


def _device_of(claim: Leaf) -> Leaf:
    kind, colon, value = claim.partition("/")[2].partition(":")
    return f"{kind}:{unquote(value)}" if colon else f"anonymous_id:{unquote(kind)}"
