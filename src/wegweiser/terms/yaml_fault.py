"""What keeps a text from being YAML, said in either language as far as the words are known."""

from wegweiser.terms.wrong import Wrong, wrong
from wegweiser.terms.wrong_words.yaml import OF_PROBLEM


def yaml_fault(problem: str | None) -> Wrong:
    """Name the problem that the YAML reader tells of.

    >>> yaml_fault("found unexpected end of stream").said("de")
    'das ist kein YAML: ein Anführungszeichen ist nicht geschlossen'
    >>> yaml_fault("something else").said("de")
    'das ist kein YAML: something else'
    """
    code = OF_PROBLEM.get((problem or "").strip())
    return wrong("no_yaml", why=(problem or "") if code is None else Wrong(code))
