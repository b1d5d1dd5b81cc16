"""One question about a profile as the address states it: which profile, which part, which page."""

import base64
import binascii
from urllib.parse import parse_qs

import msgspec

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS, MINUTE_MS, parse_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wire import WireRequest

SPACE = "default"
COLLECTIONS = ("users", "accounts")
# Parts whose name is two steps of the path.
DOUBLE = (("external_ids", "delete"),)
EVENTS_DAYS = 14
LONGEST_TOKEN = 2_000
# How far a clock that is ahead may put an event into the future.
FUTURE_MS = 5 * MINUTE_MS


class Found(msgspec.Struct, frozen=True):
    """Whom a question is about: a person, or an account by its group id."""

    person_id: str = ""
    group_id: str = ""

    @property
    def subject(self) -> str:
        """The profile as segments name it.

        >>> Found(group_id="acme").subject
        'group_id:acme'
        """
        return f"person_id:{self.person_id}" if self.person_id else f"group_id:{self.group_id}"


class Asked(msgspec.Struct, frozen=True):
    """A question: collection, identifier as written, part, and the parameters of the query."""

    request: WireRequest
    collection: str
    identifier: str
    part: str
    parameters: dict[str, list[str]]

    def query(self, name: str, default: str = "") -> str:
        """Give a parameter as text."""
        return self.parameters.get(name, [default])[-1]

    def names(self, name: str) -> tuple[str, ...]:
        """Give a comma list, in the order written."""
        listed = (part.strip() for part in self.query(name).split(","))
        return tuple(part for part in listed if part)

    def flag(self, name: str) -> bool:
        """Give a parameter that is true or false; raises InputRefused for anything else."""
        text = self.query(name, "false").lower()
        if text not in ("true", "false"):
            raise invalid(name, "true or false")
        return text == "true"

    def limit(self, default: int, most: int) -> int:
        """Give how many are wanted at most; raises InputRefused outside 1 to `most`."""
        text = self.query("limit", str(default))
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
        if not 1 <= number <= most:
            raise invalid("limit", f"a whole number from 1 to {most}")
        return number

    def moment(self, name: str) -> int | None:
        """Give a moment in ms, None when it is not stated; raises InputRefused."""
        text = self.query(name)
        if not text:
            return None
        # In a query "+" means a blank, which is what a zone written as +02:00 arrives as.
        found = parse_instant(text.replace(" ", "+") if text.count(" ") == 1 else text)
        found = parse_instant(text) if found is None else found
        if found is None:
            raise invalid(name, "a moment in ISO 8601, such as 2026-11-22T09:41:07Z")
        return found

    def window(self, now: int, days: int = EVENTS_DAYS) -> tuple[int, int]:
        """Give start and end in ms, the last days if absent; raises InputRefused."""
        end = self.moment("end")
        end = now + FUTURE_MS + 1 if end is None else end
        start = self.moment("start")
        start = end - days * DAY_MS if start is None else start
        if start > end:
            raise invalid("start", "a moment before end")
        return start, end

    @property
    def after(self) -> list[Json] | None:
        """What the page before ended with, None for the first; raises InputRefused."""
        token = self.query("next")
        if not token:
            return None
        try:
            padded = token[:LONGEST_TOKEN] + "=" * (-len(token) % 4)
            return msgspec.json.decode(base64.urlsafe_b64decode(padded), type=list[Json])
        except (msgspec.DecodeError, binascii.Error, ValueError, RecursionError) as error:
            raise invalid("next", "the text that the page before gave") from error

    def cursor(self, limit: int, last: list[Json] | None) -> JsonObject:
        """Write the cursor below a page; `last` is what the next one begins after."""
        token = "" if last is None else _token(last)
        url = self.request.path if token else ""
        return {"url": url, "has_more": last is not None, "next": token, "limit": limit}


def _token(last: list[Json]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(last)).decode().rstrip("=")


def invalid(name: str, wanted: str) -> InputRefused:
    """Make the refusal of a parameter."""
    return InputRefused("validation_error", f"{name} must be {wanted}.", 400, name)


def not_found() -> InputRefused:
    """Make the refusal that never seen, erased and foreign profiles share."""
    return InputRefused("not_found", "Profile was not found.", 404)


def read_question(request: WireRequest) -> Asked:
    """Read the address of a part of a profile; raises InputRefused.

    An identifier may hold slashes: what is part of it and what names the part is told from the
    end.

    >>> start = "/v1/spaces/default/collections/users/profiles/"
    >>> asked = read_question(WireRequest("GET", start + "user_id:a/b/traits", "limit=5"))
    >>> asked.identifier, asked.part, asked.limit(10, 200)
    ('user_id:a/b', 'traits', 5)
    """
    steps = request.path.removesuffix("/").split("/")[1:]
    if len(steps) < 7 or steps[2] != SPACE or steps[3] != "collections" or steps[5] != "profiles":
        raise not_found()
    taken = 2 if len(steps) > 7 and tuple(steps[-2:]) in DOUBLE else 1
    identifier = "/".join(steps[6:-taken])
    if steps[4] not in COLLECTIONS:
        raise not_found()
    if ":" not in identifier:
        raise InputRefused("invalid_request_error", "Name a profile as type:value.", 400)
    return Asked(
        request, steps[4], identifier, "/".join(steps[-taken:]), _parameters(request.query)
    )


def _parameters(query: str) -> dict[str, list[str]]:
    try:
        return parse_qs(query, keep_blank_values=True, max_num_fields=50)
    except ValueError as error:
        raise InputRefused("invalid_request_error", "The query cannot be read.", 400) from error
