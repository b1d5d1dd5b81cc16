"""Which persons are compared at all: those that share a key, and never too many of one key."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations

from wegweiser.terms.link import Blocks, LinkRecord

# A key that more share says nothing: "info", a large town, the first of January.
MOST_IN_BLOCK = 100
MOST_PAIRS = 5_000_000
# Fewer pairs teach nothing about how often typing errors happen.
FEWEST_TO_LEARN = 20
# Of all true pairs the plain rules below are taken to find this share.
RECALL_OF_PLAIN = 0.6
HIGHEST_PRIOR = 0.5


def _joined(*parts: str) -> str:
    return "|".join(parts) if all(parts) else ""


RULES: dict[str, Callable[[LinkRecord], str]] = {
    # In either order: first and last name are often given the wrong way round.
    "names": lambda one: _joined(*sorted((one.first_name, one.last_name))),
    "birthday": lambda one: one.birthday,
    "street": lambda one: one.street,
    "email": lambda one: one.email_local,
    "phone": lambda one: one.phone,
    "last_place": lambda one: _joined(one.last_name, one.postal_code),
    "last_city": lambda one: _joined(one.last_name, one.city),
    "first_place": lambda one: _joined(one.first_name, one.postal_code),
    "first_city": lambda one: _joined(one.first_name, one.city),
    "last_company": lambda one: _joined(one.last_name, one.company),
    "first_company": lambda one: _joined(one.first_name, one.company),
    "last_year": lambda one: _joined(one.last_name, one.birthday[:4]),
    "first_year": lambda one: _joined(one.first_name, one.birthday[:4]),
    "last_month": lambda one: _joined(one.last_name[:2], one.birthday[:7]),
    "first_month": lambda one: _joined(one.first_name[:2], one.birthday[:7]),
    "place_year": lambda one: _joined(one.postal_code or one.city, one.birthday[:4]),
    "beginnings": lambda one: _joined(one.first_name[:3], one.last_name[:3]),
}
# Pairs that agree on all of one of these are taken to be one person, to see how common that is.
_PLAIN: tuple[Callable[[LinkRecord], str], ...] = (
    lambda one: _joined(one.first_name, one.last_name, one.birthday),
    lambda one: one.email,
    lambda one: _joined(one.birthday, one.street),
    lambda one: _joined(one.first_name, one.last_name, one.postal_code),
    lambda one: _joined(one.last_name, one.street),
    lambda one: _joined(one.last_name, one.phone),
    lambda one: _joined(one.first_name, one.birthday, one.city),
    lambda one: _joined(one.last_name, one.birthday),
)
# Learnt from pairs that share one of these; what the key holds is learnt from the others.
TRAINING = ("names", "birthday", "email", "street", "phone")


def blocks_of(
    records: Sequence[LinkRecord],
    most_in_block: int = MOST_IN_BLOCK,
    most_pairs: int = MOST_PAIRS,
) -> Blocks:
    """Give the keys by which records are compared, at most `most_pairs` pairs in all.

    >>> people = [LinkRecord(subject=s, email_local="ada", email="ada@x.example") for s in "ab"]
    >>> found = blocks_of(people)
    >>> found.pairs, [*found.keys], found.prior
    (1, ['email'], 0.5)
    """
    keys = {name: [rule(one) for one in records] for name, rule in RULES.items()}
    sizes = {name: Counter(filter(None, found)) for name, found in keys.items()}
    most = _largest_allowed(sizes.values(), most_in_block, most_pairs)
    kept = {
        name: tuple(key if sizes[name][key] <= most else "" for key in found)
        for name, found in keys.items()
        if any(1 < size <= most for size in sizes[name].values())
    }
    pairs = {name: _pairs(sizes[name].values(), most) for name in kept}
    return Blocks(
        keys=kept,
        training=tuple(name for name in TRAINING if pairs.get(name, 0) >= FEWEST_TO_LEARN),
        pairs=sum(pairs.values()),
        left_out=sum(size > most for found in sizes.values() for size in found.values()),
        prior=_prior(records, most),
    )


def _largest_allowed(sizes: Iterable[Counter[str]], most: int, most_pairs: int) -> int:
    """Lower the largest block until all pairs together are few enough."""
    counted = Counter(size for found in sizes for size in found.values())
    while most > 2 and _all_pairs(counted, most) > most_pairs:
        most -= max(1, most // 10)
    return most


def _all_pairs(counted: Mapping[int, int], most: int) -> int:
    return sum(size * (size - 1) // 2 * times for size, times in counted.items() if size <= most)


def _pairs(sizes: Iterable[int], most: int) -> int:
    return _all_pairs(Counter(sizes), most)


def _prior(records: Sequence[LinkRecord], most: int) -> float:
    """Estimate how probable it is that two records drawn at random are one person."""
    all_pairs = len(records) * (len(records) - 1) // 2
    found: set[tuple[int, int]] = set()
    for rule in _PLAIN:
        members: dict[str, list[int]] = defaultdict(list)
        for number, one in enumerate(records):
            members[rule(one)].append(number)
        for key, held in members.items():
            if key and len(held) <= most:
                found.update(combinations(held, 2))
    if not all_pairs:
        return 0.0
    return min(HIGHEST_PRIOR, max(len(found) / RECALL_OF_PLAIN, 1.0) / all_pairs)
