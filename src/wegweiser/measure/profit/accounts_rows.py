"""The table of `profit.accounts`: each cut with its revenue, its costs, and the rules behind."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

import msgspec

from wegweiser.measure.form import Row, text, whole
from wegweiser.measure.profit.accounts_question import CUSTOMERS
from wegweiser.measure.profit.quarter import effects
from wegweiser.measure.revenue.money import money, shared_out

# The columns of costs, and the kinds of cost that each holds.
COLUMNS = {
    "goods": ("goods",),
    "discounts": ("discount",),
    "shipping": ("shipping",),
    "service": ("service", "fee"),
    "marketing": ("media",),
    "fixed": ("fixed",),
}
_COLUMN_OF = {kind: column for column, kinds in COLUMNS.items() for kind in kinds}
REVENUE = "revenue"


class Book(msgspec.Struct, frozen=True):
    """The account book of one cut: exact amounts by (kind, rule), and its customers."""

    cut: str
    customers: int
    amounts: dict[tuple[str, str], Decimal]

    def of(self, column: str) -> Decimal:
        """Give what a column comes to."""
        return sum(
            (
                amount
                for (kind, _), amount in self.amounts.items()
                if _COLUMN_OF.get(kind, kind) == column
            ),
            Decimal(0),
        )

    @property
    def contribution(self) -> Decimal:
        """What is left: revenue less every cost."""
        return self.of(REVENUE) - sum((self.of(one) for one in COLUMNS), Decimal(0))


def read_books(rows: Sequence[Row]) -> list[Book]:
    """Read one book per cut, the best first; quarters and other names in brackets last."""
    amounts: dict[str, dict[tuple[str, str], Decimal]] = defaultdict(dict)
    customers: dict[str, int] = defaultdict(int)
    for row in rows:
        cut = text(row, "cut")
        if row["kind"] == CUSTOMERS:
            customers[cut] = whole(row, "customers")
        else:
            amounts[cut][text(row, "kind"), text(row, "rule")] = money(row, "amount")
    books = [Book(cut, customers[cut], amounts[cut]) for cut in amounts]
    return sorted(books, key=lambda one: (one.cut.startswith("("), -one.contribution, one.cut))


def table_of(books: Sequence[Book], by: str) -> list[Row]:
    """Lay books out as rows whose columns add up to their totals exactly."""
    if by == "quarter":
        books = sorted(books, key=lambda one: one.cut)
    columns = {
        "contribution": shared_out([one.contribution for one in books]),
        REVENUE: shared_out([one.of(REVENUE) for one in books]),
        **{name: shared_out([one.of(name) for one in books]) for name in COLUMNS},
    }
    moved = effects(books) if by == "quarter" else [{} for _ in books]
    return [
        {
            by: one.cut,
            **{name: column[place] for name, column in columns.items()},
            "customers": one.customers,
            **moved[place],
            "rules": rules_of(one),
        }
        for place, one in enumerate(books)
    ]


def rules_of(book: Book) -> str:
    """Write by which rule each cost came here, with its amount.

    >>> rules_of(Book("a", 1, {("media", "equal share"): Decimal("2.5")}))
    'media: equal share 2.50'
    """
    return "; ".join(
        f"{kind}: {rule} {amount:.2f}"
        for (kind, rule), amount in sorted(book.amounts.items())
        if kind != REVENUE
    )
