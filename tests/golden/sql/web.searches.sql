with searched as (
  select leaf, person_id, occurred_at, results_count,
         lower(trim(regexp_replace(nfc_normalize(search_query), '\s+', ' ', 'g'))) as words
  from events
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and not bot and name = 'Search Performed' and search_query <> ''),
ordered as (
  select *, lead(words) over own_searches as next_words,
         lead(occurred_at) over own_searches - occurred_at as until_next
  from searched
  window own_searches as (partition by leaf order by occurred_at, words))
select case when regexp_matches(words, '\S@\S|\d{7}') then '(rare)' else words end as words,
       count(*) as searches,
       count(distinct person_id) as people,
       count(*) filter (where results_count is not null) as with_count,
       count(*) filter (where results_count = 0) as without_result,
       count(*) filter (where next_words <> words and until_next <= interval 60 second) as refined
from ordered
group by all
order by searches desc, words
