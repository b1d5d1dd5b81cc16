select leaf, hash(leaf) as leaf_number,
       person_id, hash(person_id) as person_number
from leaves
where alone is not true
