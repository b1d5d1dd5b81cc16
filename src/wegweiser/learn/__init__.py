"""How outcomes of decisions become better predictions."""
