with acted as (
  select leaf, person_id, event_id, occurred_at, coalesce(path, '') as path, results_count,
         name = 'Search Performed' and search_query <> '' as is_search,
         type in ('page', 'screen') as is_view,
         case when name = 'Search Performed'
              then lower(trim(regexp_replace(nfc_normalize(search_query), '\s+', ' ', 'g')))
         end as words
  from events
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz and not bot
    and (type in ('page', 'screen') or name in ('Search Performed', 'Link Clicked', 'File Downloaded', 'Search Result Clicked', 'Product Clicked'))),
searched as (
  select *, lead(words) over own_searches as next_words,
         lead(occurred_at) over own_searches - occurred_at as until_next
  from acted where is_search
  window own_searches as (partition by leaf order by occurred_at, event_id)),
once as (
  select * from searched
  where next_words is null or next_words <> words or until_next > interval 10 second),
placed as (
  select *, last_value(case when is_search then path end ignore nulls) over (
              partition by leaf order by occurred_at, event_id) as search_path
  from (select * exclude (next_words, until_next) from once
        union all
        select * from acted where not is_search)),
stepped as (
  select *, lead(is_search) over own_steps as next_is_search,
         lead(occurred_at) over own_steps - occurred_at <= interval 30 minute as has_next
  from placed
  where is_search or not is_view or search_path is null or path <> search_path
  window own_steps as (partition by leaf order by occurred_at, event_id)),
reached as (
  select person_id, occurred_at from goals
  where $goal <> '' and goal = $goal and received_at <= $as_of::timestamptz),
won as (
  select s.event_id, s.leaf
  from once s
  join reached r on r.person_id = s.person_id and r.occurred_at >= s.occurred_at
   and r.occurred_at < s.occurred_at + to_days($window_days::integer)
  group by s.event_id, s.leaf),
followed as (
  select s.person_id, s.words, s.results_count,
         coalesce(o.next_words <> s.words and o.until_next <= interval 60 second, false)
           as is_refined,
         coalesce(s.has_next and not s.next_is_search, false) as is_clicked,
         not coalesce(s.has_next, false) as is_left,
         $goal <> '' and s.occurred_at + to_days($window_days::integer) <= $as_of::timestamptz
           as closed,
         w.event_id is not null as has_goal
  from stepped s
  join once o on o.event_id = s.event_id and o.leaf = s.leaf
  left join won w on w.event_id = s.event_id and w.leaf = s.leaf
  where s.is_search)
select case when regexp_matches(words, '\S@\S|\d{7}') then '(rare)' else words end as words,
       false as is_total,
       count(*) as searches,
       count(distinct person_id) as people,
       count(*) filter (where results_count is not null) as with_count,
       count(*) filter (where results_count = 0) as without_result,
       count(*) filter (where is_refined) as refined,
       count(*) filter (where is_clicked) as clicked,
       count(*) filter (where is_left) as left_after,
       count(*) filter (where results_count = 0 or not is_clicked) as unanswered,
       count(*) filter (where closed) as closed_searches,
       count(*) filter (where closed and has_goal) as goal_searches,
       0 as visitors
from followed
group by all
union all
select '', true, (select count(*) from followed), (select count(distinct person_id) from followed),
       0, 0, 0, 0, 0, 0, 0, 0, count(distinct person_id)
from acted where is_search or is_view
order by is_total, searches desc, words
