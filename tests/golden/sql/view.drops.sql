select * from archived_drops
