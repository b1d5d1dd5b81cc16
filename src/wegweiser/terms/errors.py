"""The tree of errors that Wegweiser raises at its doors.

WegweiserError
├── InputRefused        a request, file or setting cannot be used as it stands
│   ├── BodyRefused     nothing in a request body can be saved (HTTP 400, 413, 415)
│   ├── KeyRefused      the write key is missing, unknown or not allowed (401, 403)
│   ├── RuleRefused     the text of a rule or expression is wrong (422)
│   ├── DocumentRefused a configuration file is wrong; names file, line and remedy
│   └── NotFound        nothing is known under this name (404)
├── ComeAgain           overload, full disk, draining: the sender repeats later (429)
└── EngineBroken        a store failed in a way that must stop the process
"""

from collections.abc import Iterable

from wegweiser.terms.rule_fault import RuleFault, whole_sentence
from wegweiser.terms.wrong import Saying, Wrong, wrong

__all__ = [
    "BodyRefused",
    "ComeAgain",
    "DocumentRefused",
    "EngineBroken",
    "InputRefused",
    "KeyRefused",
    "NotFound",
    "RuleRefused",
    "WegweiserError",
    "refused_together",
]


class WegweiserError(Exception):
    """Anything that Wegweiser raises on purpose."""


class InputRefused(WegweiserError):
    """An input cannot be used; `code` is stable, the message says what to do.

    A message that is a `Saying` can be said in German as well.
    """

    def __init__(
        self, code: str, message: str | Saying, status: int = 400, field: str | None = None
    ):
        self.message = message if isinstance(message, str) else message.said("en")
        super().__init__(self.message)
        self.code = code
        self.status = status
        self.field = field
        self._saying = message

    def said(self, language: str) -> str:
        """Write the message in German or English, as far as it is known in both."""
        return _said(self._saying, language)


class BodyRefused(InputRefused):
    """Nothing in a request body can be saved."""


class KeyRefused(InputRefused):
    """The key of a request is missing, unknown, or may not do this."""

    def __init__(self, code: str, message: str, status: int = 401):
        super().__init__(code, message, status)


class RuleRefused(InputRefused):
    """The text of a rule is wrong at `offset` (characters from 0): `fault` says why.

    `reason` and `suggestion` say it, and what to do, in English.
    """

    def __init__(
        self, text: str, offset: int | None, fault: RuleFault, remedy: RuleFault | None = None
    ):
        super().__init__("bad_rule", whole_sentence(fault, remedy, offset), 422)
        self.text = text
        self.offset = offset
        self.fault = fault
        self.remedy = remedy
        self.reason = fault.said()
        self.suggestion = "" if remedy is None else remedy.said()

    def said(self, language: str) -> str:
        """Write the message in German or English."""
        return whole_sentence(self.fault, self.remedy, self.offset, language)


class DocumentRefused(InputRefused):
    """Configuration documents are wrong; the message names file, line and remedy of each fault.

    The attributes are those of the first fault; `others` are the rest.
    """

    def __init__(
        self,
        file: str,
        line: int,
        reason: str | Saying,
        others: "tuple[DocumentRefused, ...]" = (),
    ):
        whole = wrong("at_line", file=file, line=str(line), reason=reason)
        told = [whole.said(), *(one.message for one in others)]
        super().__init__("bad_document", "\n".join(told), 422)
        self.file = file
        self.line = line
        self.reason = _said(reason, "en")
        self.others = others
        self._reason = reason

    @property
    def fault(self) -> str:
        """The code of what is wrong with the first fault; "" where it has none."""
        if isinstance(self._reason, RuleRefused):
            return self._reason.fault.code
        return self._reason.code if isinstance(self._reason, Wrong) else ""

    def reason_said(self, language: str) -> str:
        """Write what is wrong with the first fault, without its place."""
        return _said(self._reason, language)

    def said(self, language: str) -> str:
        """Write all faults with their places in German or English."""
        whole = wrong("at_line", file=self.file, line=str(self.line), reason=self._reason)
        return "\n".join([whole.said(language), *(one.said(language) for one in self.others)])

    @property
    def each(self) -> "tuple[DocumentRefused, ...]":
        """All faults, each alone."""
        if not self.others:
            return (self,)
        return (self.alone(), *self.others)

    def alone(self, others: "tuple[DocumentRefused, ...]" = ()) -> "DocumentRefused":
        """Give the first fault alone, or with others than its own."""
        return DocumentRefused(self.file, self.line, self._reason, others)


def refused_together(faults: Iterable[DocumentRefused]) -> DocumentRefused:
    """Make one error of several, in the order of files and lines; each is told once.

    >>> print(refused_together([DocumentRefused("a", 2, "x"), DocumentRefused("a", 1, "y")]))
    a, line 1: y
    a, line 2: x
    """
    given = [*faults]
    alone = {(one.file, one.line, one.reason): one for each in given for one in each.each}
    first, *others = (alone[place] for place in sorted(alone))
    together = first.alone(tuple(others))
    if not others:
        # What lies behind the only fault, such as that of its rule, can be told in its place.
        together.__cause__ = given[0].__cause__
    return together


class NotFound(InputRefused):
    """Nothing is known under this name."""

    def __init__(self, message: str | Saying):
        super().__init__("not_found", message, 404)


class ComeAgain(WegweiserError):
    """The sender should repeat the request after `retry_after_s` whole seconds."""

    def __init__(self, reason: str, retry_after_s: int = 5):
        super().__init__(reason)
        self.reason = reason
        self.retry_after_s = retry_after_s


class EngineBroken(WegweiserError):
    """A store failed so that nothing may be acknowledged before a restart."""


def _said(message: str | Saying, language: str) -> str:
    return message if isinstance(message, str) else message.said(language)
