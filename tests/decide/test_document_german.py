"""Documents with several faults are told in English and in German: file, line, fault and remedy."""

import pytest

from wegweiser.decide.bundle import merge
from wegweiser.decide.document import look_through, read_documents
from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.policy import Bundle
from wegweiser.workspace.bundle_operations import fault

SEVERAL = """\
kind: message
key: spring
value: 0
lever: 7
stage_aim: exploring
urgent: true
variants:
- {key: a, channel: wbe}
---
kind: cap
key: weekly
limit: many
---
kind: quiet_hours
allowed: 20:00-08:00
---
kind: mesage
key: other
"""
GERMAN = [
    (
        "message.variants[0].channel: 'wbe' ist hier kein erlaubtes Wort;"
        " bekannt sind web, email, app, ads, sales, direct_mail"
    ),
    "cap.limit: erwartet ist ganze Zahl, da steht Text",
    "allowed 20:00-08:00 muss vor seinem Ende beginnen, wie 08:00-20:00",
    "kind mesage ist nicht bekannt; meinten Sie message?",
]
VALUES = """\
kind: message
key: spring
value: 0
lever: 7
stage_aim: exploring
urgent: true
rules:
- {when: 'person.engagment > 3', label: eligible}
variants:
- {key: a, channel: web}
"""


def told(text: str, language: str) -> list[str]:
    looked = look_through([("rules.yaml", text)])
    return [one.said(language) for one in looked.faults]


def test_every_fault_names_file_line_and_what_is_wrong_in_german() -> None:
    found = told(SEVERAL, "de")
    places = (8, 12, 15, 17)
    assert len(found) == len(GERMAN)
    for sentence, line, reason in zip(found, places, GERMAN, strict=True):
        start, _, words = sentence.partition(": ")
        assert start == f"rules.yaml, Zeile {line}"
        assert words.startswith(reason.partition("; bekannt")[0])


def test_values_and_rules_are_told_with_their_remedies() -> None:
    english, german = told(VALUES, "en"), told(VALUES, "de")
    assert len(english) == len(german) == 5
    assert not set(english) & set(german)
    assert "value 0 muss über 0 liegen: was ist eine Reaktion wert?" in german[0]
    assert "lever: 7 muss von 0,5 bis 2 gehen" in german[1]
    assert "stage_aim exploring ist keine Phase; meinten Sie explore?" in german[2]
    assert "schreiben Sie dazu class: service" in german[3]
    assert "Meinten Sie „engagement“?" in german[4]


def test_all_faults_are_raised_in_one_error_that_is_said_in_both_languages() -> None:
    with pytest.raises(DocumentRefused) as refused:
        read_documents([("rules.yaml", SEVERAL)])
    assert refused.value.said("de").splitlines() == told(SEVERAL, "de")
    assert refused.value.said("en") == refused.value.message
    assert len(refused.value.each) == 4


def test_what_leads_nowhere_is_told_in_german() -> None:
    text = "{kind: message, key: a, goal: won, variants: [{key: v, channel: web}]}"
    documents = read_documents([("a.yaml", text)])
    with pytest.raises(DocumentRefused) as refused:
        merge(Bundle(), documents.objects)
    assert refused.value.said("de") == (
        "a.yaml, Zeile 1: message a: goal won gibt es nicht; es gibt noch nichts davon"
    )


def test_a_fault_has_a_stable_code_and_both_sentences_for_machines() -> None:
    rows = [fault(one) for one in look_through([("rules.yaml", VALUES)]).faults]
    assert [row["fault"] for row in rows] == [
        "no_value",
        "factor",
        "no_stage",
        "service_only",
        "unknown_field",
    ]
    for row in rows:
        sentences = row["sentence"]
        assert isinstance(sentences, dict)
        assert sentences["en"] == row["reason"]
        assert sentences["de"] != row["reason"]


@pytest.mark.parametrize(
    ("text", "told_in_german"),
    [
        ("a: b: c", "setzen Sie den Text in Anführungszeichen"),
        ("a:\n\t- b", "mit Leerzeichen statt Tabulatoren"),
        ("a: 'b", "ein Anführungszeichen ist nicht geschlossen"),
        ("[a, b", "ein Komma oder ] fehlt"),
        ("{a: 1, a: 2}", "'a' steht zweimal da; behalten Sie eines davon"),
        ("a: !danger b", "Markierung '!danger' ist nicht erlaubt; lassen Sie sie weg"),
    ],
)
def test_what_is_no_yaml_is_told_in_german(text: str, told_in_german: str) -> None:
    [found] = told(text, "de")
    assert found.startswith("rules.yaml, Zeile ")
    assert told_in_german in found
