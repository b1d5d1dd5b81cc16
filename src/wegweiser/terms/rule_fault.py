"""A fault of a rule, or its remedy, as a code with values: said in either language."""

from collections.abc import Mapping

import msgspec

from wegweiser.terms.rule_fault_words import KINDS, OF_KINDS, PLACE, SENTENCES, WHOLE

GERMAN = "de"


class RuleFault(msgspec.Struct, frozen=True):
    """What is wrong, or what to do: the code is stable, `values` stand in its sentence."""

    code: str
    values: Mapping[str, str | int] = {}

    def said(self, language: str = "en") -> str:
        """Write it in German or English.

        >>> fault("no_order", kind="list").said(), fault("no_order", kind="list").said("de")
        ('a list has no order', 'Liste: das hat keine Reihenfolge')
        """
        english, german = SENTENCES[self.code]
        if language != GERMAN:
            return english.format(**self.values)
        words = {
            name: KINDS.get(str(value), value) if name in OF_KINDS else value
            for name, value in self.values.items()
        }
        return german.format(**words)


class NotWritten(ValueError):
    """A text in a rule is not what its function takes; `fault` says why."""

    def __init__(self, fault: RuleFault):
        super().__init__(fault.said())
        self.fault = fault


def fault(code: str, /, **values: str | int) -> RuleFault:
    """Name a fault; raises KeyError for a code that has no sentence."""
    if code not in SENTENCES:
        raise KeyError(code)
    return RuleFault(code, values)


def whole_sentence(
    reason: RuleFault, remedy: RuleFault | None, offset: int | None, language: str = "en"
) -> str:
    """Say that a rule cannot be used, where (characters from 0) and why, and what to do.

    >>> whole_sentence(fault("empty"), None, 0, "de")
    'Die Regel ist bei Zeichen 1 nicht zu verwenden: hier steht kein Ausdruck.'
    """
    which = int(language == GERMAN)
    return WHOLE[which].format(
        place="" if offset is None else PLACE[which].format(number=offset + 1),
        reason=reason.said(language),
        hint="" if remedy is None else f" {remedy.said(language)}",
    )
