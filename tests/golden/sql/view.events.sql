select e.*,
       coalesce(l.person_id, e.leaf) as person_id,
       coalesce(a.account_id, nullif(e.group_id, ''),
                list_filter(
                  list_filter(m.memberships, lambda one: one.valid_from <= e.occurred_at)[1:1],
                  lambda one: one.valid_to is null or e.occurred_at < one.valid_to
                )[1].account_id) as account_id
from archived_events e
left join leaves l on l.leaf = e.leaf
left join accounts a on a.group_id = e.group_id
left join memberships_by_person m on m.person_id = coalesce(l.person_id, e.leaf)
