"""Whom we know, who is engaged, and how often something was decided."""
