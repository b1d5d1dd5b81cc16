select o.*,
       coalesce(l.person_id, nullif(o.leaf, '')) as person_id,
       coalesce(a.account_id, nullif(o.group_id, ''),
                case when m.valid_to is null or o.occurred_at < m.valid_to
                     then m.account_id end) as account_id
from (select * from archived_outcomes
      qualify row_number() over (partition by outcome_id order by position, idx) = 1) o
left join leaves l on l.leaf = o.leaf
left join accounts a on a.group_id = o.group_id
asof left join memberships_by_start m
  on m.person_id = coalesce(l.person_id, nullif(o.leaf, '')) and o.occurred_at >= m.valid_from
