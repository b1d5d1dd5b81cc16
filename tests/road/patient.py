"""The command line with time to decide: under load the shipped deadline answers with fallbacks."""

if __name__ == "__main__":
    from wegweiser.cli.main import main
    from wegweiser.decide import asked

    asked.PULL_DEADLINE_MS = 10_000.0
    main()
