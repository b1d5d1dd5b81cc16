"""What operators ask for that cannot be done as things are, in English and German."""

from collections.abc import Mapping

SENTENCES: Mapping[str, tuple[str, str]] = {
    "not_frozen": (
        "This identifier is not frozen.",
        "Diese Kennung ist nicht eingefroren.",
    ),
    "not_one_person": (
        "{a} and {b} cannot be one person: {reason}. Nothing was changed.",
        "{a} und {b} können nicht eine Person sein: {reason}. Nichts wurde geändert.",
    ),
    "nothing_left": (
        "The profile has no other identifier, so that there is nothing to take apart.",
        "Das Profil hat keine andere Kennung, es gibt also nichts zu trennen.",
    ),
    "no_evidence": (
        (
            "Nothing says directly that {a} and {b} are one person. Ask why they are: the answer"
            " names the pairs that can be cut."
        ),
        (
            "Nichts sagt unmittelbar, dass {a} und {b} eine Person sind. Fragen Sie, warum sie es"
            " sind: Die Antwort nennt die Paare, die sich trennen lassen."
        ),
    ),
    "already_undone": (
        "{operation} is undone already, by {by}.",
        "{operation} ist schon zurückgenommen, durch {by}.",
    ),
    "not_tried": (
        (
            "Version {version} was not tried dry over the rules that count now ({over}). Run the"
            " dry run first; nothing was changed."
        ),
        (
            "Der Stand {version} wurde noch nicht gegen die Regeln erprobt, die jetzt gelten"
            " ({over}). Erproben Sie ihn zuerst; nichts wurde geändert."
        ),
    ),
    "no_sales_placement": (
        "No placement of the channel sales is published: apply one, then ask again.",
        (
            "Kein Platz des Kanals sales ist veröffentlicht: veröffentlichen Sie einen, dann fragen"
            " Sie noch einmal."
        ),
    ),
    "nobody_to_step": (
        "Nobody of this account is known whom a next step could be about.",
        "Von diesem Account ist niemand bekannt, um den es in einem nächsten Schritt gehen könnte.",
    ),
    "no_step": ("There is no such next step.", "Diesen nächsten Schritt gibt es nicht."),
    "said_already": (
        "What became of this step is noted already.",
        "Was aus diesem Schritt wurde, ist schon vermerkt.",
    ),
    "handed_over": (
        "It is being handed over now; look again in a moment.",
        "Sie wird gerade übergeben; sehen Sie gleich noch einmal nach.",
    ),
}
