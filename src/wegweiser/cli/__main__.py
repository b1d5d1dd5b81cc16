"""Lets `python -m wegweiser.cli` run the command line."""

from wegweiser.cli.main import main

main()
