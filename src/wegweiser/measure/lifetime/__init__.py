"""Customers who buy again and again, until they silently stop: how many more, and worth what."""
