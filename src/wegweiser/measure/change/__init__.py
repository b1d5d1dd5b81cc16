"""What changed against an earlier period, asked with the same question."""
