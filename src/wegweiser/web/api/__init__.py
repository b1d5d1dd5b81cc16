"""The HTTP API: one file per family of routes, each a function from request to answer."""
