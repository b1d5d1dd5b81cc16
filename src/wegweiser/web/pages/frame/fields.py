"""Forms as values: fields with their labels, hidden values, and buttons that post."""

from collections.abc import Mapping

import msgspec

# The field, and what is wrong with it.
Fault = tuple[str, str]
Faults = tuple[Fault, ...]


class Field(msgspec.Struct, frozen=True):
    """One labelled field; with `options` (value, words) it is a list to choose from.

    `kind` is the type of an input, or `lines` for text of several lines. A `file` is chosen anew
    where a form comes back.
    """

    name: str
    label: str
    value: str = ""
    kind: str = "text"
    options: tuple[tuple[str, str], ...] = ()
    help: str = ""
    rows: int = 5
    required: bool = False


class Form(msgspec.Struct, frozen=True):
    """A form that posts to `path`; its own address where that is empty.

    `faults` are (field, sentence) of a form that was refused.
    """

    button: str
    fields: tuple[Field, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    path: str = ""
    sentence: str = ""
    main: bool = True
    faults: Faults = ()


def sent_back(
    forms: tuple[Form, ...], given: Mapping[str, str], faults: Faults
) -> tuple[Form, ...]:
    """Fill the form that was refused in again with what was typed, and say at its fields why.

    Passwords are typed anew.

    >>> add = Form("Add", (Field("name", "Name"),), hidden=(("do", "add"),))
    >>> drop = Form("Drop", (Field("name", "Name"),), hidden=(("do", "drop"),))
    >>> forms = sent_back((add, drop), {"do": "add", "name": "Ada"}, (("name", "Taken."),))
    >>> [(form.fields[0].value, form.faults) for form in forms]
    [('Ada', (('name', 'Taken.'),)), ('', ())]
    """
    return tuple(_filled(one, given, faults) if _is_of(one, given) else one for one in forms)


def _is_of(form: Form, given: Mapping[str, str]) -> bool:
    """Tell whether what was sent came from this form."""
    names = {one.name for one in form.fields if one.kind != "file"}
    return bool(names) and names <= {*given} and {*form.hidden} <= {*given.items()}


def _filled(form: Form, given: Mapping[str, str], faults: Faults) -> Form:
    fields = tuple(
        one
        if one.kind in ("password", "file")
        else msgspec.structs.replace(one, value=given[one.name])
        for one in form.fields
    )
    return msgspec.structs.replace(form, fields=fields, faults=faults)


class Post(msgspec.Struct, frozen=True):
    """A button in a table; `label` names it for those who do not see the row."""

    words: str
    label: str
    fields: tuple[tuple[str, str], ...]
    path: str = ""
