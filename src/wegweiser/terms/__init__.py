"""The vocabulary of Wegweiser: frozen values that every floor above may use."""
