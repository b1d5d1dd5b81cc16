with asked as (
  select * from slots
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and ($arm = 'all' or arm = $arm))
select best as message, second as rival,
       count(*) as contests,
       count(*) filter (where asked.message = best) as chosen,
       count(*) filter (where asked.message = second) as rival_chosen
from asked
where best <> '' and second <> ''
group by best, second
order by contests desc, best, second
