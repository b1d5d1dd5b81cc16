"""Simulated tests with known truth, drawn many at once, for the table of coverage."""
