"""The intent signals that count where none are declared, in English and German words."""

from wegweiser.terms.intent import IntentSignal


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


DEFAULT_SIGNALS: tuple[IntentSignal, ...] = (
    IntentSignal(
        key="pricing",
        name="Pricing",
        pages=_words(
            "pricing price prices price-list plans quote preis preise preisliste tarif tarife"
            " angebot kosten"
        ),
        searches=_words(
            "pricing price prices cost costs quote discount preis preise tarif tarife kosten"
            " angebot rabatt was-kostet"
        ),
        events=("Price List Requested", "Quote Requested"),
    ),
    IntentSignal(
        key="comparison",
        name="Comparison",
        pages=_words(
            "compare comparison comparisons versus vs alternative alternatives buyers-guide"
            " vergleich vergleiche alternativen"
        ),
        searches=_words(
            "compare comparison versus vs alternative alternatives better-than reviews vergleich"
            " vergleichen alternativen besser-als test testsieger"
        ),
    ),
    IntentSignal(
        key="competitor_use",
        name="Use of a competitor",
        pages=_words(
            "migrate migration switch switching import-from umstieg umsteigen wechsel wechseln"
        ),
        searches=_words(
            "migrate migration migrate-from switch-from import-from replace umstieg umsteigen"
            " wechseln wechsel-von abloesen ablösen"
        ),
        events=("Competitor Mentioned", "Competitor Used"),
        traits=("competitor", "current_vendor", "current_tool", "currentVendor", "currentTool"),
        weight=2.0,
    ),
    IntentSignal(
        key="trial",
        name="Trial or demonstration",
        pages=_words(
            "demo demos trial test-drive signup sign-up testen kostenlos-testen vorfuehrung"
            " vorführung termin book-a-call"
        ),
        searches=_words("demo trial free-trial kostenlos testen testversion vorführung"),
        events=("Demo Requested", "Demo Booked", "Trial Started"),
        weight=2.0,
    ),
)
