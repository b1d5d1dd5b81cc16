"""One documented route, and the family of routes that it belongs to."""

import msgspec

from wegweiser.terms.json import JsonObject

ANY_KEY = "public or secret key"
READ_KEY = "secret key"
IDENTITY_KEY = "secret key with the scope `identity`"
ERASE_KEY = "secret key with the scope `erase`"
ADMIN_KEY = "secret key with the scope `admin`"
FEED_KEY = "secret key with the scope `feed`"
TOKEN = "the token in `server.json`, or a secret key with the scope"
NO_KEY = "none"
JSON = "application/json"


class Parameter(msgspec.Struct, frozen=True):
    """A parameter of a query, with its JSON schema."""

    name: str
    does: str
    schema: JsonObject


class Documented(msgspec.Struct, frozen=True):
    """One route as readers see it; every path means the same. `body` and `answer` are JSON.

    The first of `tries` is asked in the test, so that what the page says is what happens.
    `takes` and `gives` are types for the schemas (web/reference/shapes.py), None where any JSON
    will do; `choices` are the values that a part of the path can have. `refusals` are statuses
    that this route can answer besides those that its key, method and path suggest; `refuses` is
    the type of errors in the shape of another standard. Where people look, refusals can be pages
    (`refusal_media`).
    """

    method: str
    paths: tuple[str, ...]
    does: str
    key: str
    body: str = ""
    answer: str = ""
    status: int = 200
    tries: tuple[str, ...] = ()
    takes: object = None
    gives: object = None
    media: str = JSON
    refusal_media: str = JSON
    query: tuple[Parameter, ...] = ()
    choices: dict[str, tuple[str, ...]] = {}
    refusals: tuple[int, ...] = ()
    refuses: object = None

    @property
    def asked(self) -> tuple[str, ...]:
        """The addresses under which a request gets the status of this route."""
        return self.tries or self.paths

    @property
    def statuses(self) -> tuple[int, ...]:
        """Every status that a request with the method of this route can be answered with.

        >>> Documented("GET", ("/healthz",), "", NO_KEY).statuses
        (200, 400)
        """
        by_key = set() if self.key == NO_KEY else {401, 403}
        by_method = {408, 413, 415, 429} if self.method == "POST" else set()
        by_path = {404} if "{" in self.paths[0] else set()
        return (self.status, *sorted({400, *by_key, *by_method, *by_path, *self.refusals}))


class Family(msgspec.Struct, frozen=True):
    """Routes that belong together, with what holds for all of them."""

    title: str
    text: str
    routes: tuple[Documented, ...]
