"""The landmark question with accounts: how many of their people have a feature, and what of it."""

from wegweiser.measure.form import Asked
from wegweiser.measure.revenue.accounts_alike import FOLD, PAIRS
from wegweiser.measure.revenue.landmark import (
    UNITS,
    feature_steps,
    question,
    sum_select,
    unit_steps,
)
from wegweiser.terms.result import Question


def question_with_accounts(asked: Asked) -> Question:
    """Ask the same, and of persons how they come in accounts: rows of fold -1 with squared sums.

    Per feature, over accounts: products of the units (n), goals (y) and money (v) of those who have
    it (h) and of all of the account (t), the accounts with anybody who has it (`clusters`) and
    those in which everybody does. A person without an account is one.
    """
    if asked.text("unit") != "person":
        return question(asked)
    person = UNITS["person"]
    none = ", ".join(f"null::double as {pair}" for pair in PAIRS)
    own, every = (_products(side) for side in "ht")
    return asked.question(f"""
{unit_steps(person, accounts=True)},
{feature_steps(person)},
plain as (
{sum_select()}),
totals as (
  select cluster, count(*) as tn, count(*) filter (where has_goal) as ty,
         sum(value)::double as tv
  from units group by cluster),
having_it as (
  select f.kind, f.feature, u.cluster, count(*) as hn,
         count(*) filter (where u.has_goal) as hy, sum(u.value)::double as hv
  from features f join units u on u.unit_id = f.unit_id
  where (f.kind, f.feature) in (select (kind, feature) from plain)
  group by f.kind, f.feature, u.cluster)
select *, null::bigint as clusters, null::bigint as whole_clusters,
       null::bigint as goal_clusters,
       {none}
from plain
union all by name
select kind, feature, {FOLD} as fold, count(*) as clusters,
       count(*) filter (where hn = tn) as whole_clusters,
       {own}
from having_it join totals using (cluster)
group by kind, feature
union all by name
select '(all)' as kind, '' as feature, {FOLD} as fold, count(*) as clusters,
       count(*) filter (where ty > 0) as goal_clusters,
       {every}
from totals
having count(*) > 0
order by all
""")


def _products(side: str) -> str:
    pairs = (pair for pair in PAIRS if pair.startswith(side))
    return ", ".join(f"sum({pair.replace('_', ' * ')})::double as {pair}" for pair in pairs)
