"""The secrets of endpoints: from the environment, so that no bundle and no log holds them."""

import logging
import os
import re

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.policy import Endpoint
from wegweiser.terms.wrong import wrong

# No other variable of the environment may be sent to whatever address a bundle names.
NAME = re.compile(r"WEGWEISER_SECRET_[A-Z0-9_]{1,60}")
_log = logging.getLogger(__name__)


def secret_in(name: str) -> str:
    """Read a secret from the environment; empty where its name is not one of ours, or not set."""
    return os.environ.get(name, "") if NAME.fullmatch(name) else ""


def secrets_of(endpoint: Endpoint) -> tuple[str, ...]:
    """Give the secrets of an endpoint; several, apart by blanks, while they are changed over.

    Raises InputRefused when the variable that it names is not set. A secret that stands in the
    bundle goes on working, but everybody who may read the bundle or the log can read it.
    """
    if not endpoint.secret_env:
        if endpoint.secret:
            _log.warning("endpoint %s: its secret stands in the bundle; see docs", endpoint.key)
        return (endpoint.secret,) if endpoint.secret else ()
    value = secret_in(endpoint.secret_env)
    found = (value,) if endpoint.via == "smtp" and value else tuple(value.split())
    if not found:
        raise InputRefused(
            "no_secret",
            wrong("unset_variable", key=endpoint.key, name=endpoint.secret_env),
            422,
            "secret_env",
        )
    return found
