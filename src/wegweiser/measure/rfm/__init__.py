"""Customers by when they last ordered, how often, and for how much."""
