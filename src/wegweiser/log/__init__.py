"""What stands in the log, as bytes and as records."""
