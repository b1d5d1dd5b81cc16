"""What somebody is called: full names, which are no identifiers, as trusted senders wrote them."""

from collections.abc import Collection, Iterable, Iterator

from wegweiser.profile.reading import CellAt
from wegweiser.profile.trait import Register
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json
from wegweiser.terms.wrong import wrong

# A person has few names; whoever was written of under more is a test or an attack.
MOST_CALLED = 20
_SHORTEST, _SHORTEST_STATED, _LONGEST, _MOST_WORDS = 5, 3, 80, 5
_FIRST, _LAST, _WHOLE = ("firstName", "first_name"), ("lastName", "last_name"), ("name",)
_WITHIN = "'’-."


def called_in(cells: Iterable[CellAt]) -> frozenset[str]:
    """Give full names of a person as traits of trusted senders hold them, at most 20.

    One word alone is never one: half the texts of a company hold some first name.
    """
    found: set[str] = set()
    for held in cells:
        found.update(_names_in(held.cell.trusted))
    return frozenset(sorted(found)[:MOST_CALLED])


def stated_name(text: str, in_use: Collection[str]) -> str:
    """Read what whoever erases says that somebody is called too; raises InputRefused.

    It may be one word, since a person chose it; but no word of the configuration.

    >>> stated_name(" ada-m ", {"home.hero"})
    'ada-m'
    """
    name = " ".join(text.split())
    if not _SHORTEST_STATED <= len(name) <= _LONGEST or not any(map(str.isalnum, name)):
        told = wrong("short_called", name=repr(text[:40]), most=_LONGEST)
        raise InputRefused("bad_input", told, 422, "called")
    if name.lower() in {one.lower() for one in in_use}:
        told = wrong("called_as_part", name=repr(name))
        raise InputRefused("bad_input", told, 422, "called")
    return name


def full_names(first: str, last: str, whole: str) -> Iterator[str]:
    """Yield the ways to put a name together from what is known of it.

    >>> list(full_names("Ada Maria", "Muster", "Dr. Ada Muster"))
    ['Ada Maria Muster', 'Ada Muster', 'Dr. Ada Muster', 'Ada Muster']
    >>> list(full_names("Ada", "", "Ada"))
    []
    """
    for name in (f"{first} {last}" if first and last else "", whole):
        words = name.split()
        if _is_full(words):
            yield " ".join(words)
            # A title is part of a name, and is left out as often as the names between.
            plain = [word for word in words if not word.endswith(".")]
            short = plain[:1] + plain[-1:]
            if len(plain) > 1 and short != words:
                yield " ".join(short)


def _names_in(register: Register) -> Iterator[str]:
    first, last, whole = (_text_of(register, keys) for keys in (_FIRST, _LAST, _WHOLE))
    yield from full_names(first, last, whole)


def _text_of(register: Register, keys: tuple[str, ...]) -> str:
    values: list[Json] = [register[key].value for key in keys if key in register]
    return next((one.strip() for one in values if isinstance(one, str)), "")


def _is_full(words: list[str]) -> bool:
    """Tell whether words are the full name of somebody, and no sentence or code."""
    if not 2 <= len(words) <= _MOST_WORDS or not _SHORTEST <= len(" ".join(words)) <= _LONGEST:
        return False
    return all(sum(map(str.isalpha, word)) >= 2 and _is_word(word) for word in words)


def _is_word(text: str) -> bool:
    return all(sign.isalpha() or sign in _WITHIN for sign in text)
