"""Visits as a relation: events of one leaf from websites and apps without a long pause."""

import re
from collections.abc import Sequence

PAUSE_MINUTES = 30
# What happened in one millisecond stands in the order in which it was sent; position and index in
# the log are small, where the names of events are most of what would be read.
FIRST = "'at': occurred_at, 'position': position, 'idx': idx"
_FIELDS = (
    *("path", "source", "medium", "channel", "campaign", "referrer_host"),
    *("country", "region", "device", "browser", "system"),
)
ENGAGED = "(views >= 2 or engaged_seconds >= 10)"
# What visits, and the people who made them, are cut by: the first view says it.
CUTS = {
    "source": "coalesce(nullif(entry.source, ''), nullif(entry.referrer_host, ''), '(direct)')",
    "medium": "coalesce(nullif(entry.medium, ''),"
    " case when entry.referrer_host <> '' then 'referral' end, '(direct)')",
    "channel": "coalesce(nullif(entry.channel, ''), '(unknown)')",
    "campaign": "coalesce(nullif(entry.campaign, ''), '(none)')",
    "referrer": "coalesce(nullif(entry.referrer_host, ''), '(none)')",
    "path": "coalesce(nullif(entry.path, ''), '(unknown)')",
    "country": "coalesce(nullif(entry.country, ''),"
    " nullif(split_part(entry.region, '-', 1), ''), '(unknown)')",
    "region": "coalesce(nullif(entry.region, ''), '(unknown)')",
    "device": "coalesce(nullif(entry.device, ''), '(unknown)')",
    "browser": "coalesce(nullif(entry.browser, ''), '(unknown)')",
    "system": "coalesce(nullif(entry.system, ''), '(unknown)')",
}


def visit_steps(
    since: str = "$start::timestamptz",
    fields: Sequence[str] = (),
    of: str = "leaf",
    pause: int = PAUSE_MINUTES,
) -> str:
    """Give the CTEs `observed`, `ordered`, `numbered` and `visits` that web questions share.

    They hold what happened from `since`, SQL for a moment, to the end of the period. With
    `fields` the first view's fields stand in columns of their own, entry_path and so on, which
    is much faster; without, all of them are the struct `entry`. Every visit has a person_id; `of`
    says what each event knows besides its leaf: "person", or "account", as do visits then.

    Server-side events (CRM, shop) belong to no visit: only views, and what a public key sent.
    A visit has at least one view of a page or screen; its cuts are those of its first view.

    Events of one leaf in one half hour are never more than a pause apart: visits are put together
    from such slices, of which there are far fewer than events. A visit ends with a `pause` of more
    than so many minutes.
    """
    source = "leaf_events" if of == "leaf" else "events"
    account = "any_value(account_id) as account_id," if of == "account" else ""
    return f"{events_in_order(source, since, pause)},\n{_visits(fields, account, pause)}"


def events_in_order(
    source: str = "leaf_events",
    since: str = "$start::timestamptz",
    pause: int = PAUSE_MINUTES,
) -> str:
    """Give the CTEs `observed`, `ordered` and `numbered`: events with the number of their visit."""
    return f"""
with observed as (
  select *, type in ('page', 'screen') as is_view
  from {source}
  where received_at <= $as_of::timestamptz
    and occurred_at >= {since} and occurred_at < $end::timestamptz
    and not bot and (type in ('page', 'screen') or trust <= 1)),
ordered as (
  select *,
         occurred_at - lag(occurred_at) over own_events as pause,
         lead(occurred_at) over own_events as next_at
  from observed
  window own_events as (partition by leaf order by occurred_at, position, idx)),
numbered as (
  select *,
         sum(case when pause is null or pause > interval {pause} minute then 1 else 0 end)
           over own_events as visit_no,
         sum(case when is_view then 1 else 0 end) over own_events as view_no
  from ordered
  window own_events as (partition by leaf order by occurred_at, position, idx))"""


def _visits(fields: Sequence[str], account: str, pause: int) -> str:
    return f"""slices as (
  select leaf, epoch_us(occurred_at) // {pause * 60_000_000} as slice,
         epoch_us(min(occurred_at)) // 1000 as began_ms,
         epoch_us(max(occurred_at)) // 1000 as ended_ms,
         count(*) filter (where is_view) as views,
         sum(engaged_seconds) as engaged_seconds,
         {account}
         {_first_view(fields)} as entry
  from observed
  group by leaf, slice),
parted_slices as (
  select *, began_ms - lag(ended_ms) over (partition by leaf order by slice) as pause_ms
  from slices),
numbered_slices as (
  select *,
         sum(case when pause_ms is null or pause_ms > {pause * 60_000} then 1 else 0 end)
           over (partition by leaf order by slice) as visit_no
  from parted_slices),
leaf_visits as (
  select leaf, visit_no,
         make_timestamptz(1000 * min(began_ms)) as began,
         sum(views)::bigint as views,
         coalesce(sum(engaged_seconds), 0) as engaged_seconds,
         {account}
         arg_min(entry, slice) filter (where views > 0) as entry
  from numbered_slices
  group by leaf, visit_no
  having sum(views) > 0),
visits as (
  select v.* {"exclude (entry)" if fields else ""}, coalesce(l.person_id, v.leaf) as person_id
         {"".join(f", v.entry.{field} as entry_{field}" for field in fields)}
  from leaf_visits v
  left join leaves l on l.leaf = v.leaf)"""


def cut_by_column(name: str) -> tuple[str, tuple[str, ...]]:
    """Give a cut over columns of the first view, and the fields that it reads.

    >>> cut_by_column("device")
    ("coalesce(nullif(entry_device, ''), '(unknown)')", ('device',))
    """
    fields = tuple(dict.fromkeys(re.findall(r"entry\.(\w+)", CUTS[name])))
    return CUTS[name].replace("entry.", "entry_"), fields


def _first_view(fields: Sequence[str]) -> str:
    named = ", ".join(f"'{field}': {field}" for field in fields or _FIELDS)
    return f"arg_min({{{named}}}, {{{FIRST}}}) filter (where is_view)"
