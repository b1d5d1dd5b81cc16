"""One organisation's Wegweiser: the only place that knows engines and flow."""
