select person_id,
       list({'valid_from': valid_from, 'valid_to': valid_to, 'account_id': account_id}
            order by valid_from desc) as memberships
from memberships_by_start
group by person_id
