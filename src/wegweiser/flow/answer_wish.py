"""What is asked of the worker that answers measures, and the file that it may write."""

from collections.abc import Mapping

import msgspec


class FileWish(msgspec.Struct, frozen=True):
    """A measure with its options over the log up to `upto`, as known at `as_of` (ms UTC).

    Whatever was acknowledged up to `fresh_until` (ms UTC) is in it. `form` is the format of the
    file, `language` that of the words in it. With `only_counts` whatever counts fewer than ten
    people is kept back.
    """

    measure: str
    options: Mapping[str, str]
    as_of: int
    upto: int
    fresh_until: int
    form: str = ""
    language: str = "en"
    only_counts: bool = False


class Written(msgspec.Struct, frozen=True):
    """A file: its name, its media type and its bytes."""

    name: str
    media_type: str
    content: bytes
