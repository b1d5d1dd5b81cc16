"""Where an organisation stands on the way through the five stages, judged from its own data."""
