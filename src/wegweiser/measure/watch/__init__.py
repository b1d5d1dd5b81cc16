"""Watching: what is expected of each series, what is unusual, and what changed for good."""
