select o.*,
       coalesce(l.person_id, nullif(o.leaf, '')) as person_id,
       coalesce(a.account_id, nullif(o.group_id, ''),
                list_filter(
                  list_filter(m.memberships, lambda one: one.valid_from <= o.occurred_at)[1:1],
                  lambda one: one.valid_to is null or o.occurred_at < one.valid_to
                )[1].account_id) as account_id
from (select * from archived_outcomes
      qualify row_number() over (partition by outcome_id order by position, idx) = 1) o
left join leaves l on l.leaf = o.leaf
left join accounts a on a.group_id = o.group_id
left join memberships_by_person m on m.person_id = coalesce(l.person_id, nullif(o.leaf, ''))
