select leaf, person_id from leaves where alone is not true
