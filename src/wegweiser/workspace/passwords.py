"""Which passwords are good enough: long, and not easily guessed."""

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.wrong import wrong

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1_000


def require_good(name: str, password: str) -> None:
    """Raise InputRefused for a password that is short, too long, or easily guessed."""
    code, told = "", wrong("short_password", least=SHORTEST_PASSWORD)
    if len(password) < SHORTEST_PASSWORD:
        code = "too_short"
    elif len(password) > LONGEST_PASSWORD:
        code, told = "too_long", wrong("long_password", most=f"{LONGEST_PASSWORD:,}")
    elif len(set(password)) < 5 or (len(name) > 3 and name.lower() in password.lower()):
        code, told = "guessed", wrong("guessed_password")
    if code:
        raise InputRefused(code, told, 422, "password")
