"""Stage one: what happens on websites and in apps."""
