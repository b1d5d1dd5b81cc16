"""Probable duplicates: what is compared of a person, what is asked, and what was found."""

import msgspec


class LinkRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One person as it is compared: plain lower-case texts, empty where nothing is known.

    `birthday` is an ISO day, `email_local` what stands before the @ and any "+".
    """

    subject: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    email_local: str = ""
    phone: str = ""
    company: str = ""
    birthday: str = ""
    street: str = ""
    city: str = ""
    postal_code: str = ""


class Blocks(msgspec.Struct, frozen=True, kw_only=True):
    """Which records are compared at all: those that share a key of some rule.

    `keys` maps a rule to one key per record, empty where the record has none of use.
    `training` names rules with enough pairs to learn from, `pairs` bounds how many are compared,
    `left_out` counts keys that too many share, and `prior` is the probability that two records
    drawn at random are one person.
    """

    keys: dict[str, tuple[str, ...]]
    training: tuple[str, ...]
    pairs: int
    left_out: int
    prior: float


class Weight(msgspec.Struct, frozen=True, array_like=True):
    """What one field says: positive `bits` speak for one person, negative for two.

    `finding` tells how the two values compare ("same", "alike", "other", ...). The field "prior"
    is where every pair starts.
    """

    field: str
    finding: str
    bits: float


class LikelyPair(msgspec.Struct, frozen=True):
    """Two subjects with the probability that they are one person, and what speaks for it.

    The bits of all weights add up to log2(probability / (1 - probability)).
    """

    a: str
    b: str
    probability: float
    weights: tuple[Weight, ...]


class Linkage(msgspec.Struct, frozen=True, kw_only=True):
    """What one search found: its pairs, and how much was looked at.

    `records` persons were compared in at most `pairs_compared` pairs; `keys_left_out` keys are
    shared by too many. `learned_from` names the rules of which the weights were learnt.
    """

    pairs: tuple[LikelyPair, ...] = ()
    records: int = 0
    pairs_compared: int = 0
    keys_left_out: int = 0
    learned_from: tuple[str, ...] = ()
