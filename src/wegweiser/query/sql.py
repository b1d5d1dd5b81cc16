"""Questions made of readable SQL: only the parameters that a text names are bound to it."""

import re
from collections import Counter

from wegweiser.terms.json import Json
from wegweiser.terms.result import Question

_PARAMETER = re.compile(r"\$([a-z_]+)")
_WORD = re.compile(r"[a-z_]+")
_DEFINED = re.compile(r"(?<!window )\b([a-z_]+) as \((?=\s*(?:select|with|from)\b)")
# In its definition, and by one reader.
_ONCE = 2
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


def looked_through(sql: str) -> str:
    """Mark each CTE that is read once, so that its reader's filters and columns reach into it.

    Engines that keep every CTE as a table of its own would read all rows of all columns first.

    >>> looked_through("with a as (select 1 as n) select n from a")
    'with a as not materialized (select 1 as n) select n from a'
    >>> looked_through("with a as (select 1 as n) select n from a union all select n from a")
    'with a as (select 1 as n) select n from a union all select n from a'
    """
    read = Counter(_WORD.findall(sql))

    def marked(defined: re.Match[str]) -> str:
        name = defined[1]
        return f"{name} as not materialized (" if read[name] == _ONCE else defined[0]

    return _DEFINED.sub(marked, sql)


def names_in(sql: str) -> frozenset[str]:
    """Give all words of a SELECT, so that one can see which relations it reads.

    >>> "events" in names_in("select count(*) from events")
    True
    """
    return frozenset(_WORD.findall(sql))
