select s.*,
       coalesce(l.person_id, nullif(s.decided_person_id, ''), s.leaf) as person_id,
       coalesce(a.account_id, nullif(s.group_id, '')) as account_id
from archived_slots s
left join leaves l on l.leaf = s.leaf
left join accounts a on a.group_id = s.group_id
