"""Guard: a link from one page of the documentation to another leads somewhere."""

import re
from pathlib import Path

LINK = re.compile(r"\[[^\]]*\]\(([^)\s#]+)(?:#[^)]*)?\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def dangling(page: Path) -> list[str]:
    """Say which relative links of this page have no file at their end."""
    prose = CODE.sub("", page.read_text(encoding="utf-8"))
    return [
        f"{page}: the link to {target!r} leads nowhere; mend or remove it."
        for target in LINK.findall(prose)
        if "://" not in target
        and not target.startswith("mailto:")
        and not (page.parent / target).exists()
    ]


def unlisted(index: Path) -> list[str]:
    """Say which pages beside this index it does not link to."""
    linked = set(LINK.findall(index.read_text(encoding="utf-8")))
    return [
        f"{page}: add it to the index in {index.name}."
        for page in sorted(index.parent.glob("*.md"))
        if page != index and page.name not in linked
    ]
