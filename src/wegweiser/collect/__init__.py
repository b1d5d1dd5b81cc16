"""Collect: bytes of a request become checked and repaired events, nothing else."""
