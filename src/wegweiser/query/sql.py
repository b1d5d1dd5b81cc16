"""Questions made of readable SQL: only the parameters that a text names are bound to it."""

import re

from wegweiser.terms.json import Json
from wegweiser.terms.result import Question

_PARAMETER = re.compile(r"\$([a-z_]+)")
_OPENING = re.compile(r"\s*with\s+(?!recursive\b)", re.IGNORECASE)


def ask(sql: str, **values: Json) -> Question:
    """Bind to a SELECT the values that it names; raises KeyError when one is missing.

    >>> ask("select $zone as zone", zone="UTC", unused=1).parameters
    {'zone': 'UTC'}
    """
    named = dict.fromkeys(_PARAMETER.findall(sql))
    return Question(sql.strip() + "\n", {name: values[name] for name in named})


def with_relations(sql: str, relations: dict[str, str]) -> str:
    """Put the SELECTs of relations in front of a SELECT, as CTEs in the order given.

    >>> print(with_relations("with a as (select 1) select * from a", {"b": "select 2"}))
    with b as (
    select 2),
    a as (select 1) select * from a
    """
    if not relations:
        return sql
    named = ",\n".join(f"{name} as (\n{text.strip()})" for name, text in relations.items())
    opening = _OPENING.match(sql)
    return f"with {named}\n{sql}" if opening is None else f"with {named},\n{sql[opening.end() :]}"


def names_in(sql: str) -> frozenset[str]:
    """Give all words of a SELECT, so that one can see which relations it reads.

    >>> "events" in names_in("select count(*) from events")
    True
    """
    return frozenset(re.findall(r"[a-z_]+", sql))
