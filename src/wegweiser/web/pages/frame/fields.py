"""Forms as values: fields with their labels, hidden values, and buttons that post."""

import msgspec


class Field(msgspec.Struct, frozen=True):
    """One labelled field; with `options` (value, words) it is a list to choose from."""

    name: str
    label: str
    value: str = ""
    kind: str = "text"
    options: tuple[tuple[str, str], ...] = ()
    help: str = ""
    required: bool = False


class Form(msgspec.Struct, frozen=True):
    """A form that posts to `path`; its own address where that is empty."""

    button: str
    fields: tuple[Field, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    path: str = ""
    sentence: str = ""
    main: bool = True


class Post(msgspec.Struct, frozen=True):
    """A button in a table; `label` names it for those who do not see the row."""

    words: str
    label: str
    fields: tuple[tuple[str, str], ...]
    path: str = ""
