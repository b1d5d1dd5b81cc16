"""The command line: one of three doors with one set of words."""

import os

# Read when numpy is loaded. Our matrices are small: threads that wait for each other cost more.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
