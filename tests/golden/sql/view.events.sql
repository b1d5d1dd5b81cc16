select e.*,
       coalesce(l.person_id, e.leaf) as person_id,
       coalesce(a.account_id, nullif(e.group_id, ''),
                case when m.valid_to is null or e.occurred_at < m.valid_to
                     then m.account_id end) as account_id
from archived_events e
left join leaves l on l.leaf = e.leaf
left join accounts a on a.group_id = e.group_id
asof left join memberships_by_start m
  on m.person_id = coalesce(l.person_id, e.leaf) and e.occurred_at >= m.valid_from
