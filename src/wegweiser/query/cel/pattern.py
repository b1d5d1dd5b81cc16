"""Patterns that rules match texts with: linear-time, and never more work than a rule may do."""

import msgspec
import re2

from wegweiser.query.cel.limits import (
    MAX_MATCH_WORK,
    MAX_PATTERN_BYTES,
    MAX_PATTERN_CHARACTERS,
)
from wegweiser.query.cel.values import TooLong
from wegweiser.terms.rule_fault import NotWritten, fault


class Pattern(msgspec.Struct, frozen=True):
    """A compiled pattern; at worst every character of a text is held against each of its parts."""

    compiled: re2._Regexp
    parts: int

    def work(self, text: str) -> int:
        """Give how much there is to do at worst, in characters times parts."""
        return len(text) * self.parts

    def is_in(self, text: str) -> bool:
        """Tell whether a text contains the pattern; raises TooLong where that takes too long."""
        if self.work(text) > MAX_MATCH_WORK:
            raise TooLong(self.work(text))
        return self.compiled.search(text) is not None


def compile_pattern(text: str) -> Pattern:
    """Compile a regular expression for the linear-time engine; ValueError says what is wrong.

    >>> compile_pattern("^a.*z$").is_in("abc to z")
    True
    """
    if len(text) > MAX_PATTERN_CHARACTERS:
        raise NotWritten(fault("long_pattern", most=MAX_PATTERN_CHARACTERS))
    options = re2.Options()
    options.max_mem = MAX_PATTERN_BYTES
    options.log_errors = False
    try:
        compiled = re2.compile(text, options)
    except re2.error as refused:
        reason = refused.args[0] if refused.args else "unreadable"
        told = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise NotWritten(fault("bad_pattern", why=told)) from None
    return Pattern(compiled, compiled.programsize)
