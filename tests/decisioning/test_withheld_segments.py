"""A field that must not decide does not decide by way of a segment either."""

import pytest

import wegweiser
from tests.decisioning.test_rules import BASE, rows
from wegweiser.terms.errors import DocumentRefused

# Rules that look through the list and name no segment that reads what is withheld.
FREE = (
    'person.segments.exists(s, s == "fine")',
    'person.segments.exists(s, s == "fine") && person.traits.plan == "ill"',
    "size(person.segments) > 2",
    'person.segments.exists(s, s.endsWith("ine"))',
    'person.traits.plan in ["ill", "near"]',
)


def test_18_no_segment_is_a_way_round_the_purpose_of_a_field() -> None:
    ill = "{kind: segment, key: ill, when: 'p.traits.health == \"ill\"'}"
    near = "{kind: segment, key: near, when: 'in_segment(\"ill\") || p.sessions > 3'}"
    fine = "{kind: segment, key: fine, when: 'p.sessions > 3'}"
    rule = (
        "{{kind: message, key: m, rules: [{{when: '{}'}}], variants: [{{key: a, channel: web}}]}}"
    )
    asking, listed, *others = (
        rule.format(one)
        for one in (
            'in_segment("ill")',
            '"near" in person.segments',
            'person.segments.exists(s, s == "ill")',
            '!person.known || person.segments.all(s, s != "near")',
            'size(person.segments.filter(one, "ill" == one)) > 0',
            'person.segments.exists(s, s in ["near", "x"])',
            '["x", "ill"].exists(s, s in person.segments)',
            'person["segments"].exists_one(s, s == "ill")',
            'person.segments == ["fine", "ill"]',
            'person.segments.exists(s, s.startsWith("nea"))',
            'person.segments.exists(s, s.matches("^il+$"))',
        )
    )

    def said(files: dict[str, str]) -> list[tuple[object, object, str]]:
        told = workspace.run("bundle_validate", {"files": [[*one] for one in files.items()]})
        assert isinstance(told, dict)
        faults = rows(told["faults"])
        return [(one["file"], one["line"], str(one["reason"])) for one in faults]

    with wegweiser.open() as workspace:
        workspace.apply({"base.yaml": BASE, "s.yaml": "\n---\n".join((ill, near, fine))})
        for text in (asking, listed, *others):
            ((file, line, reason),) = said({"m.yaml": text})
            assert (file, line) == ("m.yaml", 1), text
            assert "which reads person.traits.health" in reason
            with pytest.raises(DocumentRefused, match="must not be used for decisions"):
                workspace.apply({"m.yaml": text})
        # Texts that are put together may be any key.
        put_together = rule.format('person.segments.exists(s, s == "i" + "ll")')
        assert len(said({"m.yaml": put_together})) == 2
        for one in FREE:
            assert said({"m.yaml": rule.format(one)}) == [], one
        good = rule.format('in_segment("fine")')
        assert said({"m.yaml": good}) == []
        workspace.apply({"m.yaml": good})
        # Nor by changing the segment, or the field, behind a rule that is published.
        changed = fine.replace("p.sessions > 3", 'in_segment("near")')
        ((file, line, reason),) = said({"n.yaml": "# first\n" + changed})
        assert (file, "message m" in reason) == ("n.yaml", True)
        field = "{kind: attribute, key: person.sessions, purposes: [measurement]}"
        ((file, line, reason),) = said({"f.yaml": field})
        assert (file, "segment fine" in reason) == ("f.yaml", True)
