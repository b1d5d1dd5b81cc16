select *, hash(leaf) as leaf_number from archived_events
