"""Portfolio views: what decisions as a whole say about messages, rules and policies."""
