"""A B2B company that never was, with known truth, to show and to test Wegweiser."""
