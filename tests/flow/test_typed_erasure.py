"""What people typed about somebody goes with an erasure, wherever it is kept, and is told."""

from pathlib import Path

import msgspec

from tests.flow.sites import seen
from tests.scenarios.erased_world import archived, places_of_canaries
from wegweiser.flow.tables import AUDIT, number_key
from wegweiser.ports.operational_store import Change
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace.workspace import Workspace

EMAIL = "canary@buyer.example"
PERSON: JsonObject = {
    "type": "identify",
    "messageId": "i-1",
    "userId": "canary-ada",
    "traits": {"email": EMAIL},
    "context": {"consent": {"categoryPreferences": {"measurement": True}}},
}
OTHER: JsonObject = PERSON | {
    "messageId": "i-2",
    "userId": "bob",
    "traits": {"email": "b@o.example"},
}
FIRST = """
{kind: segment, key: vip, when: 'p.traits.email in ["Canary@Buyer.example", "b@o.example"]'}
---
kind: report
key: weekly
title: {en: For canary-ada}
measures: [{name: web.visits}]
schedule: {every: week, weekday: monday, at: '07:30', zone: Europe/Berlin}
to: [canary@buyer.example, board@o.example]
---
kind: report
key: hers
title: {en: Hers}
measures: [{name: web.visits}]
schedule: {every: week, weekday: monday, at: '07:30', zone: Europe/Berlin}
to: [canary@buyer.example]
---
{kind: placement, key: home.hero, channel: web, slots: 1, allow_nothing: false}
---
{kind: goal, key: booked, when: 'event == "Demo Booked"', window_days: 30, worth: 400}
---
{kind: message, key: hello, goal: booked, topic: security, value: 40,
 rules: [{label: eligible, when: 'person.traits.email != "canary@buyer.example"',
          on_unknown: pass}],
 variants: [{key: de, channel: web, locale: de, content: {title: Hallo, url: 'https://o.example'}}]}
"""
SECOND = "{kind: segment, key: vip, when: 'p.traits.email == \"canary@buyer.example\"'}"
DRAFT = (
    "{kind: goal, key: other, when: 'event == \"user_id:canary-ada\"', window_days: 9, worth: 1}"
)


def filled(folder: Path) -> None:
    """Make a folder in which people typed her names wherever something is kept."""
    with Workspace.open(folder) as workspace:
        workspace.load([PERSON, OTHER, *(seen("bob", n) for n in range(3))], source="shop")
        run(workspace, "apply", files=[["a.yaml", FIRST]], reason="asked by canary@buyer.example")
        run(workspace, "apply", files=[["a.yaml", SECOND]])
        run(workspace, "draft_save", name="later", files=[["b.yaml", DRAFT]])
        told = {"address": "b@o.example", "topic": "news", "status": "unsubscribed"}
        run(workspace, "subscription_set", **told, reason="canary-ada rang for him")
        run(workspace, "alarm_miss", series="web.visits", day="2026-01-05", note=f"told by {EMAIL}")
        site = workspace.site
        site.audit.note("person.read", "mia", detail={"reason": "canary-ada rang"})
        work = site.works.reported("import", f"file of {EMAIL}", "mia", 1, 1, {"by": "canary-ada"})
        site.works.ends(work)
        archived(workspace)


def run(workspace: Workspace, operation: str, /, **arguments: Json) -> JsonObject:
    """Run an operation that gives an object."""
    found = workspace.run(operation, arguments)
    assert isinstance(found, dict)
    return found


def test_nothing_that_was_typed_is_left_and_the_receipt_says_where_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    filled(folder)
    assert places_of_canaries(folder)
    with Workspace.open(folder) as workspace:
        asked = run(workspace, "forget", identifier=f"email:{EMAIL}", dry_run=True)
        would_go = asked["would_go"]
        assert isinstance(would_go, dict)
        assert places_of_canaries(folder)
        done = run(workspace, "forget", identifier=f"email:{EMAIL}")
        counts = counts_of(done)
        assert counts.keys() >= {
            "typed_in_segments",
            "typed_in_segment_versions",
            "typed_in_reports",
            "typed_in_policies",
            "typed_in_drafts",
            "typed_in_alarms",
            "typed_in_notes",
            "typed_in_works",
            "typed_in_audit",
        }
        assert {place: would_go[place] for place in counts if place != "typed_in_audit"} == {
            place: count for place, count in counts.items() if place != "typed_in_audit"
        }
        assert places_of_canaries(folder) == []
        living(workspace)
    assert places_of_canaries(folder) == []
    with Workspace.open(folder) as workspace:
        living(workspace)
        workspace.run("rebuild", {})
        living(workspace)
    assert places_of_canaries(folder) == []


def counts_of(done: JsonObject) -> dict[str, Json]:
    """Give what the receipt tells of typed names."""
    receipt = done["receipt"]
    assert isinstance(receipt, dict)
    counts = receipt["counts"]
    assert isinstance(counts, dict)
    return {place: count for place, count in counts.items() if place.startswith("typed_in_")}


def living(workspace: Workspace) -> None:
    """Look whether everything that was changed still works."""
    site = workspace.site
    assert site.segments.book.by_key["vip"].when == 'p.traits.email == "(erased)"'
    assert run(workspace, "segment_show", key="vip")["changed_by_erasure"]
    assert [one.key for one in site.reports.book.all()] == ["weekly"]
    assert site.reports.book.get("weekly").to == ("board@o.example",)
    [publication] = site.unifier.policies.publications()
    assert publication.erased_at
    assert publication.reason == "asked by (erased)"
    rules = site.unifier.policies.bundle.messages[0].rules
    assert rules[0].when == 'person.traits.email != "(erased)"'
    shown = run(workspace, "subscription_show", address="b@o.example")["topics"]
    assert "(erased) rang for him" in str(shown)
    audit = run(workspace, "audit")
    assert audit["intact"] is True
    decided = run(
        workspace,
        "decide",
        subject={"person": "user_id:bob"},
        placements=[{"key": "home.hero", "max": 1}],
    )
    assert str(decided["bundle"]).endswith("#1")


def test_a_row_of_the_audit_that_nobody_speaks_of_is_still_a_fault(tmp_path: Path) -> None:
    with Workspace.open(tmp_path / "data") as workspace:
        audit = workspace.site.audit
        audit.note("person.read", "mia", detail={"reason": "canary-ada rang"})
        audit.note("person.read", "mia", detail={"reason": "nothing"})
        assert audit.first_fault() is None
        [row] = [one for one in audit.rows() if "canary" in str(one.detail)]
        forged = msgspec.structs.replace(row, detail={"reason": "(erased)"})
        key = number_key(row.number)
        workspace.site.engines.store.commit([Change(AUDIT, key, msgspec.json.encode(forged))])
        assert audit.first_fault() == row.number


def test_a_name_that_is_only_typed_can_be_erased(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with Workspace.open(folder) as workspace:
        run(workspace, "apply", files=[["a.yaml", SECOND]])
        assert places_of_canaries(folder)
        would = run(workspace, "forget", identifier=f"email:{EMAIL}", dry_run=True)["would_go"]
        assert isinstance(would, dict)
        assert (would["persons"], would["typed_in_segments"]) == (0, 1)
        done = run(workspace, "forget", identifier=f"email:{EMAIL}")
        assert counts_of(done)["typed_in_segments"] == 1
    assert places_of_canaries(folder) == []
