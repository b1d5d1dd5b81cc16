"""Profile: what is known of a leaf by day, and of a person or account by merging."""
