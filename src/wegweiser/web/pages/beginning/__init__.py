"""What stands on a page before it has anything to show."""
