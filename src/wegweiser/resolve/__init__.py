"""Resolve: from events to identifiers, evidence, persons and accounts."""
