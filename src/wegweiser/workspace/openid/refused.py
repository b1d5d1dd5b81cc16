"""Why somebody is not let in by the identity provider."""

from wegweiser.terms.errors import InputRefused


class SignInRefused(InputRefused):
    """Somebody is not let in; the code says why, to the page and to the audit trail."""

    def __init__(self, code: str, message: str):
        super().__init__(code, message, 422, "openid")
