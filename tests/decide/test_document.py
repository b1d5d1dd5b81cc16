"""YAML documents: what is read, and what is refused with file, line and remedy."""

import pytest

from wegweiser.decide.document import read_documents
from wegweiser.decide.yaml_tree import read_yaml
from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.message import Message

EXAMPLE = """\
{kind: placement, key: home.hero, channel: web, slots: 1, allow_nothing: false}
---
{kind: goal, key: demo-booked, when: 'event == "Demo Booked"', window_days: 30, worth: 400}
---
{kind: message, key: security-whitepaper, goal: demo-booked, topic: security, value: 40,
 rules: [{label: eligible, when: 'person.traits.plan != "enterprise"', on_unknown: pass}],
 variants: [{key: de-short, channel: web, locale: de, content: {title: SSO in einer Stunde}}]}
---
{kind: mapping, columns: {id: 'row.id'}}
"""


def only_message(text: str) -> Message:
    (found,) = read_documents([("a.yaml", text)]).objects
    assert isinstance(found.value, Message)
    return found.value


def test_the_published_example_is_read_whole() -> None:
    found = read_documents([("example.yaml", EXAMPLE)])
    assert [one.name for one in found.objects] == [
        "placement home.hero",
        "goal demo-booked",
        "message security-whitepaper",
    ]
    assert [one.line for one in found.objects] == [1, 3, 5]
    assert [one.fields for one in found.loose] == [{"kind": "mapping", "columns": {"id": "row.id"}}]


@pytest.mark.parametrize(
    ("line", "remedy", "text"),
    [
        (1, "did you mean message?", "kind: mesage\nkey: a"),
        (1, "kind is missing", "key: a"),
        (3, 'Did you mean "event"?', "kind: goal\nkey: a\nwhen: 'evnt == \"x\"'"),
        (5, "did you mean channel?", "kind: message\nkey: a\nvariants:\n - key: x\n   chanel: web"),
        (4, "known are web, app", "kind: message\nkey: a\nvariants:\n - {key: x, channel: wob}"),
        (3, "from 0.5 to 2", "kind: message\nkey: a\nlever: 2.01"),
        (3, "from 0.5 to 2", "kind: message\nkey: a\nlever: .49"),
        (3, "above 0", "kind: message\nkey: a\nvalue: 0"),
        (4, "rule", "kind: message\nkey: a\nrules:\n - when: '1 +'"),
        (3, "no time", "kind: message\nkey: a\nstarts_at: soon"),
        (4, "given twice", "kind: goal\nkey: a\nwhen: 'event == \"x\"'\nkey: b"),
        (2, "letters, digits", "kind: message\nkey: 'a/b'"),
        (3, "expected int, got str", "kind: cap\nkey: a\nlimit: many\nwindow_hours: 1"),
        (1, "missing field window_hours", "kind: cap\nkey: a\nlimit: 1"),
        (3, "not be more than 1", "kind: arms\nnothing: 0.6\nrandom: 0.5"),
        (
            3,
            "purpose emial is not known; did you mean email?",
            "kind: consent\nchannels:\n  email: emial",
        ),
        *(
            (1, "plain", f"{{kind: endpoint, key: a, via: file, channel: web, target: '{name}'}}")
            for name in (".", "..", "a/b", "../a", "/a", "a\\b", ".a", "x" * 61)
        ),
        (2, "leave it out", "kind: goal\nkey: !!python/name:os.system x"),
        (1, "must be fields", "- kind: goal"),
        (2, "not YAML", "kind: goal\n]"),
        (1, "deeper than", "[" * 100_000),
        (1, "not YAML", "kind: \x01"),
        (1, "too many values", "a: &a [" + "x," * 999 + "]\nb: [" + "*a," * 999 + "]"),
        (1, "", "a: &a [*a]"),
    ],
)
def test_a_fault_is_refused_with_file_line_and_remedy(line: int, remedy: str, text: str) -> None:
    with pytest.raises(DocumentRefused) as refused:
        read_documents([("good.yaml", EXAMPLE), ("bad.yaml", text)])
    assert (refused.value.file, refused.value.line) == ("bad.yaml", line)
    assert remedy in refused.value.message
    assert refused.value.message.startswith(f"bad.yaml, line {line}: ")


def test_the_same_object_twice_names_both_places() -> None:
    text = "{kind: goal, key: a, when: 'event == \"x\"'}"
    with pytest.raises(DocumentRefused, match=r"two.yaml, line 2: goal a .* one.yaml, line 1"):
        read_documents([("one.yaml", text), ("two.yaml", "\n" + text)])


def test_plain_words_stay_words() -> None:
    (tree,) = read_yaml("a.yaml", "{a: no, b: 12:30, c: 010, d: 2026-11-22, e: true, f: '1'}")
    assert tree.value == {
        "a": "no", "b": "12:30", "c": 10, "d": "2026-11-22", "e": True, "f": "1",
    }  # fmt: skip


def test_dates_become_moments() -> None:
    found = only_message("{kind: message, key: a, starts_at: 2026-11-22, ends_at: 2026-11-23}")
    assert (found.ends_at or 0) - (found.starts_at or 0) == 86_400_000


def test_missing_data_keeps_out_only_where_a_rule_is_hard() -> None:
    found = only_message(
        "{kind: message, key: a, rules: [{when: person.known}, "
        "{when: person.known, label: suitable}, "
        "{when: person.known, label: applicable, on_unknown: exclude}]}"
    )
    assert [rule.on_unknown for rule in found.rules] == ["exclude", "pass", "exclude"]
