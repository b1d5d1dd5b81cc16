"""Signing in at the company's identity provider, and out, there and here."""

from wegweiser.web.pages.frame.family import Family, Page
from wegweiser.web.pages.openid.sign_in import arrive, depart
from wegweiser.web.pages.openid.sign_out import came_out, sign_out

# What identity providers add to the address with which they send people back.
_ANSWER = ("code", "state", "iss", "session_state", "scope", "authuser", "hd", "prompt")
_REFUSAL = ("error", "error_description", "error_uri")

FAMILY = Family(
    (
        Page("/sign-in/openid", depart, right=None, words=("next",)),
        Page("/sign-in/openid/back", arrive, right=None, words=(*_ANSWER, *_REFUSAL)),
        Page("/sign-out", sign_out, ("POST",), right=None),
        Page("/sign-out/openid", came_out, right=None, words=("state",)),
    )
)
