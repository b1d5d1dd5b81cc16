"""Keep, change, drop, or cannot tell yet: what follows from what was measured."""
