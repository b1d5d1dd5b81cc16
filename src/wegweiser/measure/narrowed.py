"""Narrows a question to a part of its rows: to a country, a device, a channel, a group of people.

Every SELECT of a question reads views by name; narrowed, it reads a chosen part of them, which
stands in front of it as a step of its own. People of a segment or an account are those of now.
"""

import re
from urllib.parse import unquote

import msgspec

from wegweiser.measure.words import Sentence, both
from wegweiser.terms.column import column_word
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json
from wegweiser.terms.result import Question
from wegweiser.terms.wrong import Wrong, wrong

_OF_EVENTS = ("country", "device", "segment", "account")
_OF_CONTACTS = ("channel", "segment", "account")
_OF_PEOPLE = ("segment", "account")
# By what a measure can be narrowed. Measures of tests are not among them: who belongs to a segment
# after a test began may do so because of it.
NARROWS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("web.visits", "web.entry_pages", "web.dwell", "web.pages"), _OF_EVENTS),
    **dict.fromkeys(("web.paths", "web.regions", "web.retention"), _OF_EVENTS),
    **dict.fromkeys(("web.searches", "web.downloads", "web.depth", "events.seen"), _OF_EVENTS),
    **dict.fromkeys(("web.funnel", "reach.days"), _OF_PEOPLE),
    **dict.fromkeys(("web.click_rate", "message.goals"), _OF_CONTACTS),
    **dict.fromkeys(("decisions.channels", "decisions.nothing"), _OF_CONTACTS),
    **dict.fromkeys(("decisions.contests", "decisions.exploration"), _OF_CONTACTS),
}
# Of each view what is stated in its own rows; people are told from the leaf where there is no more.
_STATED = {
    **dict.fromkeys(("events", "leaf_events"), ("country", "device")),
    **dict.fromkeys(("decisions", "slots", "exposures"), ("channel",)),
    **dict.fromkeys(("outcomes", "goals"), ()),
}
# The country as visits are cut by it.
_COLUMN = {"country": "coalesce(nullif(country, ''), split_part(region, '-', 1))"}
_READ = re.compile(rf"\b(from|join)(\s+)({'|'.join(_STATED)})\b")
_PEOPLE = {
    "segment": """
  select unit_id as person_id from segment_members
  where unit_kind = 'person' and list_contains($only_segment, segment)
  union
  select m.person_id from segment_members s join memberships m on m.account_id = s.unit_id
  where s.unit_kind = 'account' and list_contains($only_segment, s.segment)""",
    "account": """
  select person_id from memberships
  where list_contains($only_account, account_id)
     or account_id in (select account_id from accounts where list_contains($only_account, group_id))
""",
}
HELP: Sentence = both(
    "only a part, as in country:DE,AT;device:phone", "nur ein Teil, wie country:DE,AT;device:phone"
)


class Only(msgspec.Struct, frozen=True):
    """One dimension with the values that are wanted, any of them."""

    dimension: str
    values: tuple[str, ...]


def read_only(written: str, measure: str) -> tuple[Only, ...]:
    """Read what a measure is narrowed to; raises InputRefused where that cannot be.

    >>> read_only("country:DE,AT;device:phone", "web.visits")[0]
    Only(dimension='country', values=('DE', 'AT'))
    """
    found: list[Only] = []
    for part in filter(None, written.split(";")):
        dimension, _, listed = part.partition(":")
        values = tuple(unquote(value) for value in listed.split(",") if value)
        if dimension not in NARROWS.get(measure, ()):
            raise _refused(_cannot(measure, dimension))
        if not values or any(one.dimension == dimension for one in found):
            raise _refused(wrong("only_once", dimension=dimension))
        found.append(Only(dimension, values))
    return tuple(found)


def title_of(summary: Sentence, only: tuple[Only, ...]) -> Sentence:
    """Say in the title of an answer what it is narrowed to.

    >>> title_of({"en": "Visits"}, (Only("country", ("DE", "AT")),))
    {'en': 'Visits, country: DE, AT'}
    """
    return {
        language: ", ".join([text, *(_told(one, language) for one in only)])
        for language, text in summary.items()
    }


def _told(one: Only, language: str) -> str:
    return f"{column_word(one.dimension, language)}: {', '.join(one.values)}"


def narrowed(question: Question, only: tuple[Only, ...]) -> Question:
    """Give the question over the chosen rows only; nothing chosen leaves it as it is.

    >>> asked = Question("select count(*) as n from events", {})
    >>> print(narrowed(asked, read_only("country:DE", "web.visits")).sql)
    with chosen_events as (
      select * from events
      where list_contains($only_country, coalesce(nullif(country, ''), split_part(region, '-', 1))))
    select count(*) as n from chosen_events
    """
    views = list(dict.fromkeys(found[3] for found in _READ.finditer(question.sql)))
    if not only or not views:
        return question
    steps = [f"chosen_by_{one.dimension} as ({_PEOPLE[one.dimension]})" for one in _people(only)]
    steps += [_step(view, only) for view in views]
    sql = _READ.sub(r"\1\2chosen_\3", question.sql)
    opening = re.match(r"\s*with\s+", sql)
    rest = sql if opening is None else sql[opening.end() :]
    whole = "with " + ",\n".join(steps) + (f"\n{rest}" if opening is None else f",\n{rest}")
    bound: dict[str, Json] = {f"only_{one.dimension}": list(one.values) for one in only}
    return Question(whole, {**question.parameters, **bound})


def _people(only: tuple[Only, ...]) -> list[Only]:
    return [one for one in only if one.dimension in _PEOPLE]


def _step(view: str, only: tuple[Only, ...]) -> str:
    stated = [one.dimension for one in only if one.dimension in _STATED[view]]
    conditions = [f"list_contains($only_{name}, {_COLUMN.get(name, name)})" for name in stated]
    conditions += [_who(view).format(chosen=f"chosen_by_{one.dimension}") for one in _people(only)]
    where = "\n  where " + "\n    and ".join(conditions) if conditions else ""
    return f"chosen_{view} as (\n  select * from {view}{where})"


def _who(view: str) -> str:
    if view != "leaf_events":
        return "person_id in (select person_id from {chosen})"
    return (
        "(leaf in (select person_id from {chosen}) or leaf in ("
        "select leaf from leaves where person_id in (select person_id from {chosen})))"
    )


def _cannot(measure: str, dimension: str) -> Wrong:
    able = NARROWS.get(measure, ())
    if not able:
        return wrong("not_narrowed", measure=measure)
    given = repr(dimension[:40])
    return wrong("narrowed_by", measure=measure, known=", ".join(able), given=given)


def _refused(told: Wrong) -> InputRefused:
    return InputRefused("bad_option", told, 422, "only")
