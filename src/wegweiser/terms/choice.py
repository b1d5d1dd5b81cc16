"""What the choices of an option of a measure are called, in English and German."""

from wegweiser.terms.column import column_word

# Where the name of a column does not say it; names of methods stay what they are called by.
_WORDS = {
    "after": ("what comes after", "was danach kommt"),
    "all": ("everything together", "alles zusammen"),
    "any": ("any time", "jederzeit"),
    "auto": ("the best fitting", "das passendste"),
    "before": ("what comes before", "was davor kommt"),
    "bg_nbd": ("BG/NBD", "BG/NBD"),
    "both": ("both", "beides"),
    "browser": ("browser", "Browser"),
    "chosen": ("chosen by hand", "von Hand gewählt"),
    "click": ("clicked", "angeklickt"),
    "competitor": ("competitor", "Wettbewerber"),
    "converted": ("reached the goal", "Ziel erreicht"),
    "core": ("built in", "eingebaut"),
    "costs": ("costs", "Kosten"),
    "count": ("how often", "wie oft"),
    "country": ("country", "Land"),
    "days": ("days", "Tage"),
    "decay": ("fading with time", "mit der Zeit verblassend"),
    "done": ("reached the goal", "Ziel erreicht"),
    "entry_page": ("entry page", "Einstiegsseite"),
    "event": ("event", "Ereignis"),
    "first": ("the first contact", "der erste Kontakt"),
    "growing": ("growing", "wachsend"),
    "last": ("the last contact", "der letzte Kontakt"),
    "last_non_direct": ("the last known source", "die letzte bekannte Quelle"),
    "leaving": ("leaving", "abwandernd"),
    "linear": ("evenly", "gleichmäßig"),
    "markov": ("by paths (Markov)", "nach Wegen (Markov)"),
    "mbg_nbd": ("MBG/NBD", "MBG/NBD"),
    "mix": ("from the media mix", "aus dem Mediamix"),
    "model": ("model", "Modell"),
    "no": ("no", "nein"),
    "none": ("none", "keines"),
    "opportunity": ("opportunity", "Verkaufschance"),
    "order": ("day of the order", "Tag der Bestellung"),
    "own_visit": ("the visit of the order", "der Besuch der Bestellung"),
    "pages": ("pages", "Seiten"),
    "pareto_nbd": ("Pareto/NBD", "Pareto/NBD"),
    "person": ("person", "Person"),
    "plan": ("plan", "Tarif"),
    "position": ("first and last most", "erster und letzter am meisten"),
    "product": ("product", "Produkt"),
    "pymc": ("PyMC", "PyMC"),
    "random": ("drawn by lot", "ausgelost"),
    "referrer": ("referring page", "verweisende Seite"),
    "refund": ("day of the refund", "Tag der Rückzahlung"),
    "regression": ("regression", "Regression"),
    "rising": ("rising", "steigend"),
    "shapley": ("by shares (Shapley)", "nach Anteilen (Shapley)"),
    "skip": ("leave out", "auslassen"),
    "slot": ("position in the placement", "Stelle im Platz"),
    "system": ("operating system", "Betriebssystem"),
    "talk_topic": ("topic of conversations", "Thema der Gespräche"),
    "time": ("time", "Zeit"),
    "topic": ("topic", "Thema"),
    "trait": ("trait", "Merkmal"),
    "valuable": ("valuable", "wertvoll"),
    "variant": ("variant", "Variante"),
    "web_search": ("web search", "Websuche"),
    "year": ("year", "Jahr"),
    "yes": ("yes", "ja"),
}


def choice_word(choice: str, language: str) -> str:
    """Write a choice in a language ("en", "de"); one without words stays as it is.

    >>> choice_word("converted", "de"), choice_word("week", "de"), choice_word("entry_page", "en")
    ('Ziel erreicht', 'Woche', 'entry page')
    """
    if choice in _WORDS:
        english, german = _WORDS[choice]
        return german if language == "de" else english
    return column_word(choice, language)
