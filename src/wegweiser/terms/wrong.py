"""What is wrong with an input or a document, as a code with values: said in either language."""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from wegweiser.terms.wrong_words import SENTENCES

GERMAN = "de"


class Saying(Protocol):
    """Something that can be said in English ("en") and German ("de")."""

    def said(self, language: str) -> str:
        """Write it in a language."""
        ...


class InBoth(msgspec.Struct, frozen=True):
    """A sentence that is there in English and German, such as that of an answer."""

    sentences: Mapping[str, str]

    def said(self, language: str = "en") -> str:
        """Give it in a language, in English where it has no other."""
        return self.sentences.get(language, self.sentences["en"])


class Wrong(msgspec.Struct, frozen=True):
    """A fault: the code is stable, `values` stand in its sentence, `about` names what it is of."""

    code: str
    values: Mapping[str, "str | int | float | Saying"] = {}
    about: str = ""

    def said(self, language: str = "en") -> str:
        """Write it in German or English.

        >>> wrong("range", name="lever", number=0.25, lowest=0.5, highest=2).said("de")
        'lever: 0,25 muss von 0,5 bis 2 gehen'
        """
        words = {name: _shown(value, language) for name, value in self.values.items()}
        sentence = SENTENCES[self.code][int(language == GERMAN)].format(**words)
        return f"{self.about}: {sentence}" if self.about else sentence

    def of(self, name: str) -> "Wrong":
        """Say what the fault is of, such as "segment customers"."""
        return msgspec.structs.replace(self, about=name)


def wrong(code: str, /, **values: "str | int | float | Saying") -> Wrong:
    """Name a fault; raises KeyError for a code that has no sentence."""
    if code not in SENTENCES:
        raise KeyError(code)
    return Wrong(code, values)


def _shown(value: "str | int | float | Saying", language: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        number = f"{value:g}" if isinstance(value, float) else str(value)
        return number.replace(".", ",") if language == GERMAN else number
    return value.said(language)
