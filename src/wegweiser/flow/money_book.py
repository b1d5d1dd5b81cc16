"""Imported costs and rates: kept row by row, and laid out for measures."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

import msgspec

from wegweiser.flow.mappings import Put
from wegweiser.flow.tables import COSTS, RATES
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.cost import Cost, Rate
from wegweiser.terms.errors import NotFound
from wegweiser.terms.identity import Identifier, identifier
from wegweiser.terms.instant import format_day

# Measures that answer in a currency; where none is asked for, in the workspace's own.
OF_MONEY = (
    *("revenue.ledger", "revenue.costs", "revenue.relations", "revenue.leaks"),
    *("profit.accounts", "profit.concentration"),
    *("mix", "mix.curves", "allocate.budget"),
    *("watch.baseline", "watch.alarms", "watch.changes"),
    *("maturity.report", "verdicts"),
)
_SEPARATOR = b"\x00"


class CostFile(msgspec.Struct, frozen=True):
    """One imported file: its rows, its days, and its sums by currency as decimal texts."""

    file: str
    rows: int
    first_day: str
    last_day: str
    amounts: dict[str, str]


class MoneyBook:
    """Costs by file and row, rates by day; the same again changes nothing."""

    def __init__(self, store: OperationalStore):
        self._store = store

    def load_costs(self, costs: Sequence[Cost]) -> Put:
        """Keep costs; a row that is known by its file and key is replaced where it changed."""
        return self._put(COSTS, {_cost_key(one): one for one in costs}, _same_cost)

    def load_rates(self, rates: Sequence[Rate]) -> Put:
        """Keep rates; the last one for a day and a pair of currencies counts."""
        return self._put(RATES, {_rate_key(one): one for one in rates}, _same_bytes)

    def _put(
        self,
        table: str,
        rows: Mapping[bytes, Cost] | Mapping[bytes, Rate],
        is_same: Callable[[bytes, bytes], bool],
    ) -> Put:
        encoded = {key: msgspec.json.encode(row) for key, row in rows.items()}
        before = dict(zip(encoded, self._store.get(table, list(encoded)), strict=True))
        changed = {
            key: value
            for key, value in encoded.items()
            if (old := before[key]) is None or not is_same(old, value)
        }
        self._store.commit([Change(table, key, value) for key, value in changed.items()])
        created = sum(before[key] is None for key in changed)
        return Put(created, len(changed) - created, len(encoded) - len(changed))

    def files(self) -> list[CostFile]:
        """List imported files of costs by name."""
        grouped: dict[str, list[Cost]] = defaultdict(list)
        for cost in read_kept_costs(self._store):
            grouped[cost.file].append(cost)
        return [_file(name, grouped[name]) for name in sorted(grouped)]

    def remove(self, file: str) -> int:
        """Take a file of costs away; gives its rows. Raises NotFound."""
        keys = [key for key, _ in self._store.scan(COSTS, file.encode() + _SEPARATOR)]
        if not keys:
            raise NotFound(f"There is no file of costs {file!r}.")
        self._store.commit([Change(COSTS, key, None) for key in keys])
        return len(keys)

    def rates(self) -> list[Rate]:
        """List the rates by currency and day."""
        return list(read_kept_rates(self._store))

    def remove_rates(self, currency: str) -> int:
        """Take all rates of a currency away; gives how many. Raises NotFound."""
        keys = [key for key, value in self._store.scan(RATES) if _rate(value).currency == currency]
        if not keys:
            raise NotFound(f"There are no rates of {currency!r}.")
        self._store.commit([Change(RATES, key, None) for key in keys])
        return len(keys)


def read_kept_costs(store: OperationalStore) -> Iterator[Cost]:
    """Yield all kept costs, by file."""
    for _, value in store.scan(COSTS):
        yield msgspec.json.decode(value, type=Cost)


def read_kept_rates(store: OperationalStore) -> Iterator[Rate]:
    """Yield all kept rates, by currency and day."""
    for _, value in store.scan(RATES):
        yield _rate(value)


def unnamed(cost: Cost, is_gone: Callable[[Identifier], bool]) -> Cost:
    """Give a cost without the person or the account that is gone; the amount stays.

    >>> row = Cost(file="f", row_key="1", day=0, kind="service", amount=Decimal(5),
    ...            currency="EUR", person_id="u-1")
    >>> unnamed(row, {"user_id:u-1"}.__contains__).person_id
    ''
    """
    persons = cost.person_id and is_gone(identifier("user_id", cost.person_id))
    accounts = cost.account_id and is_gone(identifier("group_id", cost.account_id))
    if not persons and not accounts:
        return cost
    return msgspec.structs.replace(
        cost,
        person_id="" if persons else cost.person_id,
        account_id="" if accounts else cost.account_id,
    )


def costs_unnamed(
    store: OperationalStore, is_gone: Callable[[Identifier], bool]
) -> Iterator[Change]:
    """Yield what an erasure changes in kept costs."""
    for key, value in store.scan(COSTS):
        # Most costs name nobody, and there may be one for each order.
        if b'"person_id"' in value or b'"account_id"' in value:
            cost = msgspec.json.decode(value, type=Cost)
            if (left := unnamed(cost, is_gone)) != cost:
                yield Change(COSTS, key, msgspec.json.encode(left))


def _rate(value: bytes) -> Rate:
    return msgspec.json.decode(value, type=Rate)


def _cost_key(cost: Cost) -> bytes:
    return _SEPARATOR.join((cost.file.encode(), cost.row_key.encode()))


def _rate_key(rate: Rate) -> bytes:
    return f"{rate.base}|{rate.currency}|".encode() + (rate.day + 2**31).to_bytes(8, "big")


def _same_cost(old: bytes, new: bytes) -> bool:
    # Unchanged rows keep the moment at which they became known, so that old reports stay.
    first, second = (msgspec.json.decode(one, type=Cost) for one in (old, new))
    return msgspec.structs.replace(first, received_at=0) == msgspec.structs.replace(
        second, received_at=0
    )


def _same_bytes(old: bytes, new: bytes) -> bool:
    return old == new


def _file(name: str, costs: Sequence[Cost]) -> CostFile:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for cost in costs:
        sums[cost.currency] += cost.amount
    days = [cost.day for cost in costs]
    return CostFile(
        name,
        len(costs),
        format_day(min(days)),
        format_day(max(days)),
        {currency: str(sums[currency]) for currency in sorted(sums)},
    )
