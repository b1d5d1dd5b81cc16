"""What an event tells beside its own words, and what privacy takes away from it."""
