"""Media mix: what each channel brings, from weekly sums, with what the data cannot tell."""
