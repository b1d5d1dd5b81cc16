"""Point-in-time feature rows and labels of a score, as one readable SELECT over the archive."""

from collections.abc import Sequence

from wegweiser.query.sql import ask
from wegweiser.terms.result import Question
from wegweiser.terms.score import LOOK_BACK_DAYS, Predicts, ScoreFeature

ORDER = "Order Completed"
# Event names that fewer people have than this could point at somebody.
LEAST_SUBJECTS = 10


def happened_steps() -> str:
    """Give the CTEs `moments`, `happened` and `known`: who did what on which day before a cut.

    `subjects` says which leaf counts for whom on which days. Nothing of the day of a cut or
    later is read, so that no feature knows what the label asks.
    """
    return f"""
with moments as (select unnest($cuts)::bigint as cut),
told as (
  select s.subject, e.event_id, e.name, epoch_ms(e.occurred_at) // 86400000 as day
  from archived_events e
  join subjects s on s.leaf = e.leaf
   and epoch_ms(e.occurred_at) // 86400000 >= s.from_day
   and epoch_ms(e.occurred_at) // 86400000 < s.until_day
   and (s.scope is null or e.group_id in ('', s.scope))
  group by all),
days as (
  select subject, day, name, count(*) as n from told group by subject, day, name),
happened as (
  select d.subject, m.cut, d.day, d.name, d.n
  from days d join moments m on d.day < m.cut and d.day >= m.cut - {LOOK_BACK_DAYS}),
known as (select subject, cut from happened group by subject, cut)"""


def names_question(cuts: Sequence[int]) -> Question:
    """Ask which event names enough subjects have, the most common first."""
    return ask(
        f"""{happened_steps()}
select name, count(distinct subject) as subjects
from happened
where name <> '{ORDER}'
group by name
having count(distinct subject) >= {LEAST_SUBJECTS}
order by subjects desc, name
limit 20
""",
        cuts=[*cuts],
    )


def span_question() -> Question:
    """Ask for the first and the last day with an event of the subjects."""
    return ask(
        f"""{happened_steps()}
select min(day) as first_day, max(day) as last_day from days
""",
        cuts=[0],
    )


def rows_question(
    features: Sequence[ScoreFeature],
    predicts: Predicts,
    goal: str,
    window_days: int,
    cuts: Sequence[int],
) -> Question:
    """Ask for one row per subject and cut: the label `y` and the features f0, f1, … as they stood.

    The label looks at [cut, cut + window) only, the features at the time before the cut only.
    """
    columns = "".join(
        f",\n         {_column(one)} as f{place}"
        for place, one in enumerate(features)
        if not one.is_category
    )
    texts = [place for place, one in enumerate(features) if one.is_category]
    stated = "".join(f",\n       t{place}.value as f{place}" for place in texts)
    joins = "".join(
        f"\nleft join stated t{place} on t{place}.subject = p.subject and t{place}.cut = p.cut"
        f" and t{place}.path = {_quoted(_first(features[place].trait))}"
        for place in texts
    )
    return ask(
        f"""{happened_steps()},
measured as (
  select subject, cut{columns},
         sum(n) filter (where name = '{ORDER}') as orders,
         sum(n) filter (where day >= cut - $window_days) as lately
  from happened
  group by subject, cut),
{_goal_steps()}{_trait_steps(sorted({_first(features[place].trait) for place in texts}))}
select p.subject, p.cut, {_label(predicts)} as y{stated}, p.* exclude (subject, cut)
from measured p{joins}
where {_population(predicts)}
order by p.cut, p.subject
""",
        cuts=[*cuts],
        goal=goal,
        window_days=window_days,
    )


def _column(feature: ScoreFeature) -> str:
    inside = f"day >= cut - {feature.window_days}"
    if feature.event:
        inside += f" and name = {_quoted(feature.event)}"
    match feature.kind:
        case "events":
            return f"coalesce(sum(n) filter (where {inside}), 0)"
        case "days":
            return f"count(distinct day) filter (where {inside})"
        case "since_last":
            return f"cut - max(day) filter (where {inside})"
        case _:
            return f"cut - min(day) filter (where {inside})"


def _first(trait: str) -> str:
    """Give the name of the trait in which a path begins: the newest one is read as a whole."""
    return trait.partition(".")[0]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _goal_steps() -> str:
    return """reached as (
  select s.subject, epoch_ms(o.occurred_at) // 86400000 as day
  from archived_outcomes o
  join subjects s on (s.leaf = o.leaf
   and epoch_ms(o.occurred_at) // 86400000 >= s.from_day
   and epoch_ms(o.occurred_at) // 86400000 < s.until_day
   and (s.scope is null or o.group_id in ('', s.scope))) or s.scope = o.group_id
  where o.kind = 'goal' and o.goal = $goal
  group by all)"""


def _trait_steps(traits: Sequence[str]) -> str:
    if not traits:
        return ""
    values = ", ".join(f"({_quoted(path)})" for path in traits)
    return f""",
paths as (select path from (values {values}) as stated_paths(path)),
said as (
  select e.group_id as subject, p.path, epoch_ms(e.occurred_at) // 86400000 as day, e.trust >= 2
           as believed,
         e.occurred_at, e.message_id,
         json_extract(try_cast(e.traits as json), '$.' || p.path)::varchar as stated
  from archived_events e cross join paths p
  where e.type = 'group' and e.group_id <> ''),
stated as (
  select s.subject, m.cut, s.path,
         arg_max(s.stated, (s.believed, s.occurred_at, s.message_id)) as value
  from said s join moments m on s.day < m.cut
  where s.stated is not null
  group by s.subject, m.cut, s.path)"""


def _label(predicts: Predicts) -> str:
    if predicts in ("goal", "fit"):
        return (
            "exists (select 1 from reached r where r.subject = p.subject"
            " and r.day >= p.cut and r.day < p.cut + $window_days)"
        )
    what = f" and d.name = '{ORDER}'" if predicts == "next_purchase" else ""
    found = (
        "exists (select 1 from days d where d.subject = p.subject"
        f" and d.day >= p.cut and d.day < p.cut + $window_days{what})"
    )
    return found if predicts == "next_purchase" else f"not {found}"


def _population(predicts: Predicts) -> str:
    """Tell of whom the question makes sense at a cut."""
    match predicts:
        case "next_purchase":
            return "p.orders > 0"
        case "dormancy":
            return "p.lately > 0"
        case "fit":
            return (
                "not exists (select 1 from reached r where r.subject = p.subject and r.day < p.cut)"
            )
        case _:
            return "true"
