"""The measure `web.regions`: from where people come, and where more of them reach a goal."""

import pyarrow as pa

from wegweiser.measure.compare import newcombe, rate_arm
from wegweiser.measure.form import (
    Asked,
    Measure,
    Option,
    Row,
    answer,
    gated,
    real,
    rows_of,
    text,
    whole,
)
from wegweiser.measure.many import chance_of_rates, comparable, standing
from wegweiser.measure.statistic import Interval, wilson
from wegweiser.measure.web.followed import WINDOW
from wegweiser.measure.web.visit import cut_by_column, visit_steps
from wegweiser.measure.words import between, both, estimate_of, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "web.regions"
UNKNOWN, OTHER = "(unknown)", "(other)"
LEAST_CELL = 10
LEAST_PEOPLE = 30
MOST_UNKNOWN = 0.5
MOST_NAMED = 5
_COUNTS = ("people", "visits", "closed_people", "people_with_goal")


def question(asked: Asked) -> Question:
    """Ask, per country or region, for people, visits, and people who reached a goal in time.

    A person belongs to the region of their first visit that knows one; the window of the goal
    runs from their first visit of the period.
    """
    place, fields = cut_by_column(asked.text("by"))
    return asked.question(f"""
{visit_steps(fields=fields)},
placed as (
  select person_id, leaf, began, {place} as place
  from visits),
people as (
  select person_id, min(began) as first_at, count(*) as visits,
         coalesce(first(place order by began, leaf) filter (where place <> '{UNKNOWN}'),
                  '{UNKNOWN}') as region
  from placed group by person_id),
reached as (
  select person_id, occurred_at from goals
  where (goal = $goal or ($goal = '' and declared)) and received_at <= $as_of::timestamptz),
winners as (
  select distinct p.person_id
  from people p
  join reached r on r.person_id = p.person_id and r.occurred_at >= p.first_at
   and r.occurred_at < p.first_at + to_days($window_days::integer))
select p.region,
       count(*) as people,
       sum(p.visits) as visits,
       count(*) filter (where p.first_at + to_days($window_days::integer) <= $as_of::timestamptz)
         as closed_people,
       count(w.person_id)
         filter (where p.first_at + to_days($window_days::integer) <= $as_of::timestamptz)
         as people_with_goal
from people p
left join winners w on w.person_id = p.person_id
group by p.region
order by people desc, region
""")


def answer_regions(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Hold each region's rate against all other known ones; the list keeps its false finds few."""
    found = sorted(rows_of(table), key=lambda row: (-whole(row, "people"), text(row, "region")))
    people = sum(whole(row, "people") for row in found)
    if people == 0:
        return answer(NAME, asked, asked_question, [_nothing()], [], 0)
    cells = with_small_merged(found)
    known = [row for row in cells if text(row, "region") != UNKNOWN]
    known_people = sum(whole(row, "people") for row in known)
    rated = known_people >= MOST_UNKNOWN * people
    rows = _rows(cells, known) if rated else [_counts(row) for row in cells]
    results = [_known(known_people, people, rated)]
    if rated:
        results += _differences(rows, asked)
    return answer(NAME, asked, asked_question, results, rows[: asked.whole("limit")], people)


def with_small_merged(found: list[Row]) -> list[Row]:
    """Merge regions of fewer than 10 people; what is unknown stays by itself."""
    kept = [row for row in found if whole(row, "people") >= LEAST_CELL or row["region"] == UNKNOWN]
    small = [row for row in found if row not in kept]
    if small:
        merged: Row = {name: sum(whole(row, name) for row in small) for name in _COUNTS}
        kept.append(merged | {"region": OTHER})
    return kept


def _counts(row: Row) -> Row:
    shown: Row = {"region": text(row, "region")}
    return shown | {name: whole(row, name) for name in _COUNTS}


def _rows(cells: list[Row], known: list[Row]) -> list[Row]:
    all_people = sum(whole(row, "closed_people") for row in known)
    all_goals = sum(whole(row, "people_with_goal") for row in known)
    rows = [_row(row, all_people, all_goals) for row in cells]
    chances = {
        text(row, "region"): real(row, "chance") for row in rows if row["chance"] is not None
    }
    stands = standing(chances)
    for row in rows:
        row["stands"] = text(row, "region") in stands if row["chance"] is not None else None
        del row["chance"]
    return rows


def _row(row: Row, all_people: int, all_goals: int) -> Row:
    units, goals = whole(row, "closed_people"), whole(row, "people_with_goal")
    rate = wilson(goals, units) if units >= LEAST_PEOPLE else None
    own, rest = rate_arm(goals, units), rate_arm(all_goals - goals, all_people - units)
    named = text(row, "region") not in (UNKNOWN, OTHER)
    gap = newcombe(own, rest) if named and comparable(own, rest) else None
    return _counts(row) | {
        "goal_rate": None if rate is None else rate.estimate,
        "goal_rate_low": None if rate is None else rate.low,
        "goal_rate_high": None if rate is None else rate.high,
        "difference": None if gap is None else gap.estimate,
        "difference_low": None if gap is None else gap.low,
        "difference_high": None if gap is None else gap.high,
        "chance": None if gap is None else chance_of_rates(own, rest),
    }


def _known(known: int, people: int, rated: bool) -> Result:
    name, unit, counts = f"{NAME}.known", "share of people", {"units": people, "known": known}
    said = {lang: number(100 * known / people, lang, 1) for lang in ("en", "de")}
    if not rated:
        told = both(
            f"The region of only {said['en']}% of people is known, so regions are not compared."
            " Give the server an address table, or send the region.",
            f"Nur von {said['de']} % der Personen ist die Region bekannt, daher werden Regionen"
            " nicht verglichen. Geben Sie dem Server eine Adresstabelle, oder senden Sie die"
            " Region mit.",
        )
        return gated(name, unit, "too_little" if known else "no_source", counts, told)
    return Result(
        name=name,
        unit=unit,
        n=counts,
        enough_data=True,
        estimate=known / people,
        low=known / people,
        high=known / people,
        sentence=both(
            f"The region of {said['en']}% of people is known.",
            f"Von {said['de']} % der Personen ist die Region bekannt.",
        ),
        method="full count",
    )


def _differences(rows: list[Row], asked: Asked) -> list[Result]:
    compared = [row for row in rows if row["difference"] is not None]
    if not any(whole(row, "closed_people") for row in rows):
        early = both(
            f"Nobody's {asked.whole('window_days')} days for a goal are over yet.",
            f"Für niemanden sind die {asked.whole('window_days')} Tage bis zum Ziel schon vorbei.",
        )
        return [gated(f"{NAME}.difference", "goals per person", "too_early", {"units": 0}, early)]
    if not compared:
        told = both(
            "Too few people or goals to compare regions: 100 people on either side, 25 goals in"
            " all and 5 on either side are needed.",
            "Zu wenige Personen oder Ziele, um Regionen zu vergleichen: Nötig sind 100 Personen"
            " auf jeder Seite, 25 Ziele insgesamt und 5 auf jeder Seite.",
        )
        counts = {"units": sum(whole(row, "closed_people") for row in rows), "compared": 0}
        return [gated(f"{NAME}.difference", "goals per person", "too_little", counts, told)]
    stands = [row for row in compared if row["stands"]]
    stands.sort(key=lambda row: (-abs(real(row, "difference")), text(row, "region")))
    return [_compared(len(compared), len(stands))] + [
        _difference(row, len(compared)) for row in stands[:MOST_NAMED]
    ]


def _compared(compared: int, stands: int) -> Result:
    return Result(
        name=f"{NAME}.different",
        unit="regions",
        n={"compared": compared, "goals": stands},
        enough_data=True,
        estimate=stands,
        low=stands,
        high=stands,
        sentence=both(
            f"{stands} of {compared} regions compared differ from the rest; of such finds one in"
            " ten may be chance.",
            f"{stands} von {compared} verglichenen Regionen unterscheiden sich vom Rest; von"
            " solchen Funden kann einer von zehn Zufall sein.",
        ),
        method="Benjamini-Hochberg at 10%",
    )


def _difference(row: Row, compared: int) -> Result:
    region = text(row, "region")
    ends = [real(row, f"difference{end}") for end in ("", "_low", "_high")]
    gap = Interval(*ends)
    more = gap.estimate > 0
    said = {lang: estimate_of(gap, lang, 100) for lang in ("en", "de")}
    points = both("points", "Prozentpunkte")
    return Result(
        name=f"{NAME}.difference.{region}",
        unit="goals per person",
        n={
            "units": whole(row, "closed_people"),
            "goals": whole(row, "people_with_goal"),
            "compared": compared,
        },
        enough_data=True,
        estimate=gap.estimate,
        low=gap.low,
        high=gap.high,
        kind="frequentist",
        sentence=both(
            f"People from {region} reach the goal {'more' if more else 'less'} often than the"
            f" rest: {said['en']} points ({between(gap, 'en', 100, points['en'])}).",
            f"Personen aus {region} erreichen das Ziel {'öfter' if more else 'seltener'} als der"
            f" Rest: {said['de']} Prozentpunkte ({between(gap, 'de', 100, points['de'])}).",
        ),
        method="Newcombe against the rest, Benjamini-Hochberg at 10%",
    )


def _nothing() -> Result:
    return gated(
        f"{NAME}.known",
        "share of people",
        "no_source",
        {"units": 0, "known": 0},
        both(
            "No visit began in this period.",
            "In diesem Zeitraum hat kein Besuch begonnen.",
        ),
    )


MEASURE = Measure(
    NAME,
    both("Regions of visitors", "Regionen der Besucher"),
    (
        Option(
            "by",
            "text",
            "country",
            both("country, or its part", "Land oder Landesteil"),
            ("country", "region"),
        ),
        Option("goal", "text", "", both("goal that counts, empty for any", "Ziel, leer für jedes")),
        WINDOW,
        Option("limit", "whole", 1_000, both("regions shown", "gezeigte Regionen")),
    ),
    question,
    answer_regions,
)
