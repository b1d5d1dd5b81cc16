select * from archived_events
