"""Hands chosen messages over to the channels' own systems, and keeps account of the tries."""
