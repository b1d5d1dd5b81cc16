select person_id, account_id, goal, true as declared, value, occurred_at, received_at
from outcomes where kind = 'goal'
union all
select person_id, account_id, name, false, 1.0, occurred_at, received_at
from events
where type = 'track' and name not in (select goal from archived_outcomes where kind = 'goal')
