"""What an alarm about who is who says, in both languages; it names nobody."""

from wegweiser.terms.identity_rules import IdentityRules

_EN = {
    "cap_identifiers": "A person would have more than {identifiers} identifiers: what would join "
    "it is refused, its events are kept.",
    "cap_merges": "A person would be made by more than {merges} merges: what would join it is "
    "refused, its events are kept.",
    "frozen": "More than {frozen} identifiers or {records} pieces of evidence hang together: they "
    "are frozen, and new evidence waits until somebody releases it.",
}
_DE = {
    "cap_identifiers": "Eine Person hätte mehr als {identifiers} Kennungen: Was dazukäme, wird "
    "abgelehnt; die Ereignisse bleiben erhalten.",
    "cap_merges": "Eine Person entstünde aus mehr als {merges} Zusammenführungen: Was dazukäme, "
    "wird abgelehnt; die Ereignisse bleiben erhalten.",
    "frozen": "Mehr als {frozen} Kennungen oder {records} Belege hängen zusammen: Sie sind "
    "eingefroren, und neue Belege warten, bis jemand sie freigibt.",
}


def sentence_of(kind: str, rules: IdentityRules) -> dict[str, str]:
    """Write the sentence of a kind of alarm with the bounds of the rules that count.

    >>> sentence_of("cap_merges", IdentityRules())["en"]
    'A person would be made by more than 100 merges: what would join it is refused, its events \
are kept.'
    """
    bounds = {
        "identifiers": rules.most_identifiers,
        "merges": rules.most_merges,
        "frozen": rules.freeze_identifiers,
        "records": rules.freeze_evidence,
    }
    english = {name: f"{number:,}" for name, number in bounds.items()}
    german = {name: text.replace(",", ".") for name, text in english.items()}
    return {"en": _EN[kind].format(**english), "de": _DE[kind].format(**german)}
