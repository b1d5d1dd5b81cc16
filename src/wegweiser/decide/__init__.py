"""Which message is best for this person now: rules, limits, probabilities, reasons."""
