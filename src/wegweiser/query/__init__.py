"""Questions as values: periods, relations, rules and readable SQL."""
