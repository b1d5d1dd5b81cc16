select * from archived_rules
