"""Commands and names that stand in a sentence, shown as code."""

import re

from markupsafe import Markup, escape

# Between backticks, or a command that ends in what is to be filled in.
CODE = re.compile(r"`([^`]+)`|(wegweiser (?:[a-z]+ )+(?:FILE|DATEI))")


def coded(sentence: str) -> Markup:
    """Write a sentence for a page, with what is typed as it stands as code.

    >>> coded("Run `load <file>` first.")
    Markup('Run <code>load &lt;file&gt;</code> first.')
    >>> coded("Load them with: wegweiser money load FILE.")
    Markup('Load them with: <code>wegweiser money load FILE</code>.')
    """
    return Markup(CODE.sub(_as_code, str(escape(sentence))))


def _as_code(found: re.Match[str]) -> str:
    return f"<code>{found[1] or found[2]}</code>"
