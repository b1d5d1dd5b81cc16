"""Where the next money goes, from draws of what it would bring."""
