"""Parts of the pages of a person and an account."""
