"""Consent: what a leaf said to each purpose, and what that means for the person."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import unquote

import msgspec

from wegweiser.profile.purpose import DEFAULT_PURPOSES, Purposes
from wegweiser.terms.identity import Leaf
from wegweiser.terms.policy import PURPOSES

# What a preference object leaves out, it denies; the purposes are not known while folding.
EVERY_OTHER = "*"
# The signal of Global Privacy Control, which denies these purposes until a later choice.
GPC = "(gpc)"
# How a sender says that a choice takes back an earlier one; it denies as any other refusal.
WITHDRAWN = "withdrawn"
DENIED_BY_GPC = ("sharing", "advertising")
# A flood of invented purposes displaces none of these.
ALWAYS_KEPT = frozenset({*PURPOSES, EVERY_OTHER, GPC})

_CLAIM, _IN_SESSION = "claim:", "in_session:"

JoinedAt = Callable[[Sequence[Leaf]], int | None]


class Choice(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False):
    """One statement on a purpose; the greatest in field order stands.

    A grant lapses at `expires_at` (ms); 0 is never. A denial may take back what was granted.
    """

    explicit: bool
    at: int
    denied: bool
    message_id: str
    expires_at: int = 0
    withdrawn: bool = False

    @property
    def status(self) -> str:
        """Say it in a word."""
        if self.denied:
            return WITHDRAWN if self.withdrawn else "denied"
        return "granted"


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


def choice_on(
    purpose: str, choices: Mapping[str, Choice], purposes: Purposes = DEFAULT_PURPOSES
) -> Choice | None:
    """Give the choice that stands for a purpose, None when nothing was said."""
    if not choices:
        return None
    stated = _stated_on(purpose, choices, purposes)
    signal = choices.get(GPC) if purpose in DENIED_BY_GPC else None
    return stated if signal is None else max(filter(None, (stated, signal)))


def _stated_on(purpose: str, choices: Mapping[str, Choice], purposes: Purposes) -> Choice | None:
    said = (choices.get(name) for name in purposes.names_of(purpose))
    named = max((one for one in said if one is not None), default=None)
    rest = choices.get(EVERY_OTHER)
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

    def on(self, purpose: str, purposes: Purposes = DEFAULT_PURPOSES) -> Choice | None:
        """Give the leaf's choice; a public grant where proof is needed counts as unset."""
        public = choice_on(purpose, self.public, purposes)
        if public is not None and not public.denied and purposes.needs_proof(purpose):
            public = None
        trusted = choice_on(purpose, self.trusted, purposes)
        stated = [choice for choice in (public, trusted) if choice is not None]
        return max(stated, default=None)


def person_consent(
    leaves: Iterable[LeafConsent],
    joined_at: JoinedAt,
    purposes: Purposes = DEFAULT_PURPOSES,
    as_of: int | None = None,
) -> dict[str, str]:
    """Give the status of every purpose that a leaf of the person has spoken about.

    A statement newer than the evidence that joined the leaves decides; older ones that differ
    are in conflict, which counts as not consented. Whoever only claims to be the person may
    restrict it, but opens nothing on which a trusted statement of another leaf exists. A grant
    that has lapsed at `as_of` (ms) is `expired`. Silence grants what is declared so.
    """
    held = sorted(leaves, key=lambda consent: consent.leaf)
    named = {purpose for leaf in held for part in (leaf.trusted, leaf.public) for purpose in part}
    wanted = {purposes.key_of(name) for name in named - {EVERY_OTHER, GPC}}
    if EVERY_OTHER in named:
        wanted.update(PURPOSES, purposes.by_key)
    if GPC in named:
        wanted.update(DENIED_BY_GPC)
    wanted.update(purposes.opt_outs)
    judge = _Judge(held, joined_at, purposes, as_of)
    found = {purpose: judge.status(purpose) for purpose in sorted(wanted)}
    return {purpose: status for purpose, status in found.items() if status}


class _Judge(msgspec.Struct, frozen=True):
    """What the statements of a person come to, purpose by purpose."""

    leaves: list[LeafConsent]
    joined_at: JoinedAt
    purposes: Purposes
    as_of: int | None

    def status(self, purpose: str) -> str:
        if len(self.leaves) == 1:
            # Most people have one device, whose own word is the newest and cannot be in conflict.
            choice = self.leaves[0].on(purpose, self.purposes)
            return self._silent(purpose) if choice is None else self._in_time(purpose, choice)
        stated = self._stated(purpose)
        explicit = {leaf: choice for leaf, choice in stated.items() if choice.explicit}
        standing = explicit or stated
        if not standing:
            return self._silent(purpose)
        newest = max(standing.values(), key=lambda choice: (choice.at, choice.denied))
        if len({choice.denied for choice in standing.values()}) == 1:
            return self._in_time(purpose, newest)
        joined = self.joined_at(sorted(standing))
        decides = joined is None or newest.at > joined
        return self._in_time(purpose, newest) if decides else "conflict"

    def _silent(self, purpose: str) -> str:
        return "granted" if purpose in self.purposes.opt_outs else ""

    def _in_time(self, purpose: str, choice: Choice) -> str:
        if choice.denied or self.as_of is None:
            return choice.status
        ends = (choice.expires_at, self.purposes.lasts_until(purpose, choice.at))
        return "expired" if any(0 < end <= self.as_of for end in ends) else choice.status

    def _stated(self, purpose: str) -> dict[Leaf, Choice]:
        purposes, leaves = self.purposes, self.leaves
        believed = {leaf.leaf: choice_on(purpose, leaf.trusted, purposes) for leaf in leaves}
        trusted = {name for name, choice in believed.items() if choice is not None}
        claiming = _claiming(leaves) if trusted else set()
        found: dict[Leaf, Choice] = {}
        for leaf in leaves:
            choice = leaf.on(purpose, purposes)
            opens = choice is not None and not choice.denied and choice != believed[leaf.leaf]
            if opens and leaf.leaf in claiming and trusted - {leaf.leaf}:
                choice = believed[leaf.leaf]
            if choice is not None:
                found[leaf.leaf] = choice
        return found


def _claiming(leaves: list[LeafConsent]) -> set[Leaf]:
    """Give the claim leaves and the devices that make these claims, with their sessions."""
    claims = {leaf.leaf for leaf in leaves if leaf.leaf.startswith(_CLAIM)}
    written = {claim.partition("/")[2] for claim in claims}
    sessions = (leaf.leaf for leaf in leaves if leaf.leaf.startswith(_IN_SESSION))
    theirs = {one for one in sessions if one[len(_IN_SESSION) :].partition("/")[0] in written}
    return claims | {_device_of(claim) for claim in claims} | theirs


def _device_of(claim: Leaf) -> Leaf:
    kind, colon, value = claim.partition("/")[2].partition(":")
    return f"{kind}:{unquote(value)}" if colon else f"anonymous_id:{unquote(kind)}"
