select person_id, valid_from,
       arg_min(account_id, account_id) as account_id,
       arg_min(valid_to, account_id) as valid_to
from memberships
where person_id is not null and valid_from is not null
group by person_id, valid_from
