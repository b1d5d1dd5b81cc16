"""What customers leave: revenue less what they cost, by whom, how concentrated, and in groups."""
