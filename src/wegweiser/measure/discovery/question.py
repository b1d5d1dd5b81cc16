"""The question behind `segments.distinct`: who has what, inside and outside of a group."""

from wegweiser.measure.form import Asked
from wegweiser.measure.revenue.landmark import UNITS
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.result import Question
from wegweiser.terms.role import SMALLEST_CELL
from wegweiser.terms.wrong import wrong

# People are drawn anew by parts that their id decides, so that counts stay enough.
BUCKETS = 100
ALL, OTHER = "(all)", "(other)"
# Per group: who is looked at, and who of them is inside.
GROUPS = {
    "valuable": ("true", "u.money_after > 0 and u.money_after >= c.least_money"),
    "leaving": ("u.was_here", "not u.is_here"),
    "growing": ("u.money_before > 0", "u.money_after >= 1.25 * u.money_before"),
    "trait": ("true", "coalesce(t.value = $value, false)"),
    "segment": ("true", "u.unit_id in (select unit_id from listed)"),
}
# Groups that an option of the same name names.
_NAMED = ("trait", "segment")
_SOURCE = "coalesce(nullif(source, ''), nullif(referrer_host, ''), '(direct)')"
_CALLS = {"person": "identify", "account": "group"}
_OWN = "('Engaged Time', 'Search Performed', 'File Downloaded', 'Link Clicked', 'Page Left')"
# What is said of one alone sets no group apart.
_NAMING = (
    "('id', 'email', 'phone', 'name', 'username', 'avatar', 'birthday', 'address', 'first_name',"
    " 'firstName', 'last_name', 'lastName')"
)


def question(asked: Asked) -> Question:
    """Ask, per feature and bucket, for units inside and outside of the group.

    Features are of the time before the landmark, which lies `window_days` before the end; who is
    inside shows only after it. The kind "(all)" holds all units; features of fewer than `least`
    units are one feature of their kind, "(other)". Raises InputRefused for a trait or
    segment without name.
    """
    group, unit = asked.text("group"), asked.text("unit")
    if group in _NAMED and not asked.text(group):
        told = wrong("must_name", group=group, what=group, of=group)
        raise InputRefused("bad_option", told, 422, group)
    least = max(SMALLEST_CELL, asked.whole("least"))
    return asked.question(
        f"""
{_unit_steps(UNITS[unit])},
{_trait_step(unit)},
{_member_step(group, unit)},
{_feature_steps(unit)},
counted as (
  select kind, feature, count(*) as units from features join members using (unit_id)
  group by kind, feature),
named as (
  select distinct f.unit_id, f.kind,
         case when c.units >= $least_units::integer then f.feature else '{OTHER}' end as feature
  from features f join counted c on c.kind = f.kind and c.feature = f.feature)
select n.kind, n.feature, m.bucket, m.is_inside, count(*) as units
from named n join members m on m.unit_id = n.unit_id
group by all
union all
select '{ALL}', '', bucket, is_inside, count(*) from members group by all
order by all
""",
        least_units=least,
    )


def _unit_steps(unit: str) -> str:
    return f"""
with bounds as (
  select least($end::timestamptz, $as_of::timestamptz) as end_at,
         least($end::timestamptz, $as_of::timestamptz) - to_days($window_days::integer)
           as landmark_at),
seen as (
  select *, {unit} as unit_id from events, bounds
  where received_at <= $as_of::timestamptz and not bot and {unit} <> ''
    and occurred_at >= $start::timestamptz and occurred_at < end_at),
early as (
  select * from seen where occurred_at < landmark_at),
earned as (
  select {unit} as unit_id,
         sum(case when occurred_at >= landmark_at then amount else 0 end)::double as money_after,
         sum(case when occurred_at < landmark_at then amount else 0 end)::double as money_before
  from ledger, bounds
  where amount is not null and currency in ('', $currency) and occurred_at < end_at
    and occurred_at >= landmark_at - to_days($window_days::integer)
  group by 1),
units as (
  select s.unit_id, (md5_number(s.unit_id) % {BUCKETS})::integer as bucket,
         coalesce(any_value(e.money_after), 0) as money_after,
         coalesce(any_value(e.money_before), 0) as money_before,
         coalesce(bool_or(s.occurred_at < s.landmark_at and s.occurred_at >=
                          s.landmark_at - to_days($window_days::integer)), false) as was_here,
         bool_or(s.occurred_at >= s.landmark_at) as is_here
  from seen s left join earned e on e.unit_id = s.unit_id
  group by s.unit_id
  having bool_or(s.occurred_at < s.landmark_at)),
cuts as (
  select case when $value_from::double > 0 then $value_from::double
              else quantile_disc(money_after, 0.8) filter (where money_after > 0) end
           as least_money
  from units)""".strip()


def _trait_step(unit: str) -> str:
    return f"""
said_traits as (
  select unit_id, occurred_at, landmark_at, event_id, traits, unnest(json_keys(traits)) as trait
  from seen where type = '{_CALLS[unit]}' and traits like '{{%'),
valued_traits as (
  select unit_id, occurred_at, landmark_at, event_id, trait,
         json_extract_string(traits, '$."' || trait || '"') as value
  from said_traits
  where json_type(traits, '$."' || trait || '"') not in ('ARRAY', 'OBJECT', 'NULL')
    and trait not in {_NAMING})""".strip()


def _member_step(group: str, unit: str) -> str:
    base, inside = GROUPS[group]
    held = listed = ""
    if group == "segment":
        listed = f"""
listed as (
  select unit_id from segment_members
  where segment = $segment and unit_kind = '{unit}' and entered_at <= $as_of::timestamptz),"""
    if group == "trait":
        held = """
  left join (select unit_id, arg_max(value, (occurred_at, event_id)) as value
             from valued_traits where trait = $trait group by unit_id) t
    on t.unit_id = u.unit_id"""
    return f"""{listed}
members as (
  select u.unit_id, u.bucket, coalesce({inside}, false) as is_inside
  from units u, cuts c{held}
  where {base})""".strip()


def _feature_steps(unit: str) -> str:
    column = UNITS[unit]
    return f"""
known_traits as (
  select unit_id, trait, arg_max(value, (occurred_at, event_id)) as value
  from valued_traits where occurred_at < landmark_at and trait <> $trait
  group by unit_id, trait),
features as (
  select unit_id, 'page' as kind, path as feature from early
  where type in ('page', 'screen') and path <> ''
  union
  select unit_id, 'topic', unnest(from_json(topics, '["VARCHAR"]')) from early where topics <> ''
  union
  select unit_id, 'source', first({_SOURCE} order by occurred_at, event_id)
  from early group by unit_id
  union
  select unit_id, 'campaign', campaign from early where campaign <> ''
  union
  select unit_id, 'channel', channel from early where channel <> ''
  union
  select unit_id, 'region', region from early where region <> ''
  union
  select unit_id, 'device', device from early where device <> ''
  union
  select unit_id, 'search', lower(trim(search_query)) from early where search_query <> ''
  union
  select unit_id, 'download', file_name from early where file_name <> ''
  union
  select unit_id, 'event', name from early where type = 'track' and name not in {_OWN}
  union
  select unit_id, 'trait', trait || ' ' || value from known_traits where value <> ''
  union
  select x.{column}, 'message', x.message from exposures x, bounds
  where x.received_at <= $as_of::timestamptz and x.occurred_at >= $start::timestamptz
    and x.occurred_at < landmark_at)""".strip()
