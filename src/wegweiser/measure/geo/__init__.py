"""Geo experiments: whole regions were treated, others not."""
