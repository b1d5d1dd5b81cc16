"""Forms in parts (`multipart/form-data`, RFC 7578), read flat: names, texts, names of files."""

import re
from itertools import islice, pairwise

HEAD_BYTES = 4_096
MOST_PARAMETERS = 8
_BOUNDARY = re.compile(r";\s*boundary=(?:\"([^\"]{1,200})\"|([^\s;\"]{1,200}))", re.IGNORECASE)
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_DISPOSITION = re.compile(r"^content-disposition:([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
# A quoted value is taken whole, so that what stands in it is no parameter.
_PARAMETER = re.compile(r";\s*([a-z]+)\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^;\"]*))", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([\"\\])")


def read_parts(raw: bytes, content_type: str, most: int) -> list[tuple[str, str]]:
    """Read the first fields of a form in parts; of a file in it only the name counts.

    Gives [] for what is no such form.

    >>> raw = b'--b\\r\\nContent-Disposition: form-data; name="a"\\r\\n\\r\\n1\\r\\n--b--'
    >>> read_parts(raw, "multipart/form-data; boundary=b", most=10)
    [('a', '1')]
    """
    stated = _BOUNDARY.search(content_type)
    if stated is None:
        return []
    boundary = (stated[1] or stated[2]).encode("latin-1", "replace")
    line = re.compile(rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(?:--)?[ \t]{0,64}(?=\r?\n|\Z)")
    marks = islice(line.finditer(raw), most + 1)
    found = (_field(raw[before.end() : after.start()]) for before, after in pairwise(marks))
    return [field for field in found if field is not None]


def _field(part: bytes) -> tuple[str, str] | None:
    """Read one part, which begins with the end of the boundary line."""
    end = _HEAD_END.search(part, 0, HEAD_BYTES)
    if end is None:
        return None
    head = part[: end.start()].decode("utf-8", "replace")
    disposition = _DISPOSITION.search(head)
    if disposition is None:
        return None
    stated = {
        found[1].lower(): _ESCAPED.sub(r"\1", found[2] or "") or (found[3] or "").strip()
        for found in islice(_PARAMETER.finditer(disposition[1]), MOST_PARAMETERS)
    }
    if "name" not in stated:
        return None
    return stated["name"], stated.get("filename") or part[end.end() :].decode("utf-8", "replace")
