"""Stage two: what the days earned, what goes together with it, and how long it took."""
