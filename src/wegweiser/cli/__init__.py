"""The command line: one of three doors with one set of words."""
