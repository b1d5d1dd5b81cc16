"""What counts as a mention of a term: one person on one day, in one of the kinds of terms."""

# A page, a campaign and a message are what we ourselves bring in: that they are new is no news.
OWN_KINDS = ("page", "campaign", "message")
TALK_KINDS = ("talk_topic", "competitor", "word")
KINDS = ("query", "web_search", "topic", "referrer", "campaign", "page", "region")
ALL_KINDS = (*KINDS, *TALK_KINDS, "message")
LEAST_PERSONS = 10
_PRIVATE = r"\S@\S|\d{7}"
_WORD = r"\p{L}[\p{L}-]{3,}"
_IN_VIEWS = {
    "referrer": "referrer_host",
    "campaign": "campaign",
    "page": "path",
    "region": "region",
}


def mention_steps(per: str) -> str:
    """Give the CTEs `seen`, `told`, `clicked` and `mentions` of whole weeks or months.

    Each row of `mentions` is one person who met one term of one kind on one day. Searches that
    hold an e-mail address or a number of more than 6 digits are counted without their text. A
    word of a private note is there only if at least 10 persons stand behind it; `common_words`
    tells from which period on they did.
    """
    return f"""
with local_time as (
  select timezone($zone, $start::timestamptz) as begins,
         timezone($zone, least($end::timestamptz, $as_of::timestamptz)) as ends),
seen as (
  select person_id, source_id, occurred_at, name, type in ('page', 'screen') as is_view,
         path, referrer_host, campaign, region, search_query, search_words, topics, properties,
         timezone($zone, occurred_at)::date as day,
         date_trunc('{per}', timezone($zone, occurred_at)) as period
  from events, local_time
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz and not bot
    and (type in ('page', 'screen') or name in ('Search Performed', 'Sales Conversation Logged'))
    and date_trunc('{per}', timezone($zone, occurred_at)) >= begins
    and date_trunc('{per}', timezone($zone, occurred_at)) + interval 1 {per} <= ends),
{_talks()},
{_messages(per)},
mentions as (
{_mentions()})""".strip("\n")


def _talks() -> str:
    """Give what sales people told: one row per person, conversation and thing said."""
    return f"""
told as (
  select person_id, source_id, occurred_at, day, period,
         from_json(properties->'$.topics', '["varchar"]') as topics,
         from_json(properties->'$.competitors', '["varchar"]') as competitors,
         list_distinct(regexp_extract_all(lower(coalesce(properties->>'$.note', '')), '{_WORD}'))
           as words
  from seen where name = 'Sales Conversation Logged'),
said as (
  select person_id, source_id, occurred_at, day, period, unnest(words) as term from told),
speakers as (
  select term, period, sum(count(*)) over (partition by term order by period) as people
  from (select term, person_id, min(period) as period from said group by term, person_id)
  group by term, period),
common_words as (
  select term, min(period) as period from speakers where people >= {LEAST_PERSONS} group by term)
""".strip("\n")


def _messages(per: str) -> str:
    """Give who saw a message when, and whether it was clicked."""
    return f"""
shown as (
  select x.decision_id, x.placement, x.slot, x.message, x.person_id, x.occurred_at,
         timezone($zone, x.occurred_at)::date as day,
         date_trunc('{per}', timezone($zone, x.occurred_at)) as period
  from exposures x, local_time
  where x.received_at <= $as_of::timestamptz
    and x.occurred_at >= $start::timestamptz and x.occurred_at < $end::timestamptz
    and date_trunc('{per}', timezone($zone, x.occurred_at)) >= begins
    and date_trunc('{per}', timezone($zone, x.occurred_at)) + interval 1 {per} <= ends),
clicks as (
  select distinct decision_id, placement, slot from outcomes
  where kind = 'click' and received_at <= $as_of::timestamptz and occurred_at < $end::timestamptz),
clicked as (
  select s.*, exists (select 1 from clicks c
                      where c.decision_id = s.decision_id
                        and (c.placement = ''
                             or (c.placement = s.placement and c.slot = s.slot))) as has_click
  from shown s)
""".strip("\n")


def _mentions() -> str:
    """Give one SELECT per kind, joined."""
    fields = "person_id, source_id, occurred_at, day, period"
    in_views = "\n  union all\n".join(
        f"  select '{kind}', {column}, {fields} from seen where is_view and {column} <> ''"
        for kind, column in _IN_VIEWS.items()
    )
    return f"""
  select 'query' as kind,
         case when regexp_matches(search_query, '{_PRIVATE}') then '' else search_query end as term,
         {fields}
  from seen where name = 'Search Performed' and search_query <> ''
  union all
  select 'web_search', lower(trim(search_words)), {fields}
  from seen
  where is_view and search_words <> '' and not regexp_matches(search_words, '{_PRIVATE}')
  union all
  select 'topic', unnest(from_json(topics, '["varchar"]')), {fields}
  from seen where is_view and topics <> ''
  union all
{in_views}
  union all
  select 'talk_topic', lower(trim(unnest(topics))), {fields} from told
  union all
  select 'competitor', unnest(competitors), {fields} from told
  union all
  select 'word', s.term, {", ".join(f"s.{name}" for name in fields.split(", "))}
  from said s semi join common_words c on c.term = s.term
  union all
  select 'message', message, person_id, '', occurred_at, day, period
  from clicked where has_click
""".strip("\n")
