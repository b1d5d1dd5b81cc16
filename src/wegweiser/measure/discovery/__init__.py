"""Segment discovery: what sets a group of people or accounts apart from everybody else."""
