"""Which passwords are good enough: long, and not easily guessed."""

from wegweiser.terms.errors import InputRefused

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1_000


def require_good(name: str, password: str) -> None:
    """Raise InputRefused for a password that is short, too long, or easily guessed."""
    code = told = ""
    if len(password) < SHORTEST_PASSWORD:
        code = "too_short"
        told = f"A password has at least {SHORTEST_PASSWORD} signs; a short sentence is a good one."
    elif len(password) > LONGEST_PASSWORD:
        code, told = "too_long", f"A password has at most {LONGEST_PASSWORD:,} signs."
    elif len(set(password)) < 5 or (len(name) > 3 and name.lower() in password.lower()):
        code = "guessed"
        told = "This password is easily guessed: it repeats itself, or holds the name."
    if code:
        raise InputRefused(code, told, 422, "password")
