"""What there is not, and what waits for somebody: asked for by a name, in English and German."""

from collections.abc import Mapping

Words = Mapping[str, tuple[str, str]]

_NOTHING: Words = {
    "no_profile": ("Profile was not found.", "Dieses Profil gibt es nicht."),
    "no_account": ("Account was not found.", "Diesen Account gibt es nicht."),
    "no_person_called": (
        "There is no person {key}; name somebody as TYPE:VALUE.",
        "Eine Person {key} gibt es nicht; nennen Sie jemanden als ART:WERT.",
    ),
    "no_identifier": (
        "Nothing is known under this identifier.",
        "Unter dieser Kennung ist nichts bekannt.",
    ),
    "no_source_called": ("There is no source {key}.", "Eine Quelle {key} gibt es nicht."),
    "no_segment_called": ("There is no segment {key}.", "Ein Segment {key} gibt es nicht."),
    "no_draft": ("There is no draft {key}.", "Einen Entwurf {key} gibt es nicht."),
    "no_score": ("There is no score {key}.", "Einen Score {key} gibt es nicht."),
    "no_decision": ("There is no decision {key}.", "Eine Entscheidung {key} gibt es nicht."),
    "no_endpoint": ("There is no endpoint {key}.", "Einen Endpunkt {key} gibt es nicht."),
    "no_bundle": ("There is no bundle {key}.", "Einen Regelstand {key} gibt es nicht."),
    "no_watch": ("There is no watch {key}.", "Eine Überwachung {key} gibt es nicht."),
    "no_alarm": ("There is no alarm {key}.", "Einen Alarm {key} gibt es nicht."),
    "no_delivery": (
        "There is no delivery of this id.",
        "Einen Versand mit dieser Nummer gibt es nicht.",
    ),
    "no_session": (
        "There is no such session; it may have ended already.",
        "Diese Sitzung gibt es nicht; vielleicht ist sie schon beendet.",
    ),
    "no_work": (
        "There is no such work; the newest hundred are kept.",
        "Diese Arbeit gibt es nicht; die neuesten hundert bleiben stehen.",
    ),
    "no_file": (
        "This file is not here any more. Choose it again.",
        "Diese Datei ist nicht mehr da. Wählen Sie sie noch einmal.",
    ),
    "no_model": ("There is no model {number}.", "Ein Modell {number} gibt es nicht."),
}
_DRAFTS: Words = {
    "draft_size": (
        "A draft holds documents, up to {most} characters.",
        "Ein Entwurf hat Dokumente mit zusammen höchstens {most} Zeichen.",
    ),
    "many_drafts": (
        "There are {most} drafts; discard some.",
        "Es gibt {most} Entwürfe; verwerfen Sie einige.",
    ),
    "draft_name": (
        "The name of a draft is letters, digits and . _ - (at most 100).",
        "Der Name eines Entwurfs hat Buchstaben, Ziffern und . _ - (höchstens 100).",
    ),
    "not_submitted": (
        "Draft {name} is not submitted; wegweiser draft submit {name} asks for a review.",
        "Der Entwurf {name} ist nicht eingereicht; reichen Sie ihn zur Freigabe ein.",
    ),
    "second_person": (
        "{by} has written or submitted draft {name}; another person approves it.",
        (
            "{by} hat den Entwurf {name} geschrieben oder eingereicht; freigeben muss ihn jemand"
            " anderes."
        ),
    ),
    "not_approved": (
        "Draft {name} waits for a second person: wegweiser draft approve {name}.",
        "Der Entwurf {name} wartet auf die Freigabe durch eine zweite Person.",
    ),
    "segment_in_use": (
        "{users} asks for {key}; change that first.",
        "{users} fragt nach {key}; ändern Sie das zuerst.",
    ),
}
SENTENCES: Words = {**_NOTHING, **_DRAFTS}
