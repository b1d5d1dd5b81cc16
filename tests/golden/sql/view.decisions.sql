select d.*,
       coalesce(l.person_id, nullif(d.decided_person_id, ''), d.leaf) as person_id,
       coalesce(a.account_id, nullif(d.group_id, '')) as account_id
from archived_decisions d
left join leaves l on l.leaf = d.leaf
left join accounts a on a.group_id = d.group_id
