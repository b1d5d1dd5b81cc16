"""Objects, their faults, and their way from draft to bundle and back, through real entrances."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wegweiser
from tests.decide.test_document import EXAMPLE
from tests.flow.sites import caller, post, running, seen
from wegweiser.adapters.memory import MemoryClock
from wegweiser.decide.bundle import bundle_digest, merge
from wegweiser.decide.bundle_export import export
from wegweiser.decide.document import read_documents
from wegweiser.decide.policy import compile_policy
from wegweiser.decide.recompute import recompute
from wegweiser.demo.bundle import documents as demo_documents
from wegweiser.terms.decision import Decision
from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.instant import HOUR_MS
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.message import Message, OnUnknown, RuleLabel, RuleText, Variant
from wegweiser.terms.policy import Arms, Bundle
from wegweiser.workspace.site import Site

PUBLISHES = 100
PLACES = (
    "{kind: placement, key: hero, channel: web}\n---\n{kind: placement, key: side, channel: web}"
)
ARMS = "{kind: arms, nothing: 0, random: 0.1}"


def version(number: int) -> str:
    """Write messages whose variants and contents all carry one number."""
    parts = [PLACES, ARMS]
    parts += [
        f"{{kind: message, key: {key}, value: {1 + (number + place) % 7},"
        f" variants: [{{key: v{number}, channel: web, content: {{version: {number}}}}}]}}"
        for place, key in enumerate("abcd")
    ]
    return "\n---\n".join(parts)


async def mixed(count: int) -> None:
    """Decide while bundles and models are published; hold every record against its own versions."""
    async with running("") as site:
        await site.applier.apply([("v.yaml", version(1))])
        key, asking = caller(site)
        await post(site, key, "/v1/batch", {"batch": [seen(f"u-{n}", n) for n in range(20)]})
        made: list[JsonObject] = []
        done = asyncio.Event()

        async def ask(worker: int) -> None:
            for number in range(count // 8):
                # Nobody runs ahead, so that every bundle has decisions of its own.
                while site.unifier.policies.bundle.number < len(made) * PUBLISHES // count - 1:
                    await asyncio.sleep(0)
                wish: JsonObject = {
                    "request_id": f"r-{worker}-{number}",
                    "subject": {"person": f"user_id:u-{number % 20}"},
                    "placements": [{"key": "hero", "max": 1}, {"key": "side", "max": 1}],
                }
                answer = await site.deciding.chooser.decide(wish, asking)
                made.append(answer)
                name = f"o-{worker}-{number}"
                told: list[Json] = [
                    {"outcome_id": f"{name}-{kind}", "decision_id": answer["decision_id"],
                     "placement": "hero", "kind": kind}
                    for kind in ("seen", "click")[: 1 + number % 2]
                ]  # fmt: skip
                if number % 5 == 0:
                    await site.deciding.desk.report(told, asking)
                await asyncio.sleep(0)

        async def publish() -> None:
            for number in range(2, PUBLISHES + 1):
                # The next one goes out when its share of the decisions is under way.
                while len(made) < count * (number - 1) // PUBLISHES and not done.is_set():
                    await asyncio.sleep(0)
                await site.applier.apply([("v.yaml", version(number))])
                clock = site.clock
                assert isinstance(clock, MemoryClock)
                clock.advance(HOUR_MS)
                if number % 10 == 0:
                    await site.deciding.learn()

        publishing = asyncio.create_task(publish())
        await asyncio.gather(*(ask(worker) for worker in range(8)))
        done.set()
        await publishing
        assert len(site.unifier.policies.publications()) == PUBLISHES
        verify(site, made)


def verify(site: Site, made: list[JsonObject]) -> None:
    numbers, models, chosen = set(), set(), 0
    for answer in made:
        decision = site.unifier.decisions.get(str(answer["decision_id"]))
        assert isinstance(decision, Decision)
        number = number_of(answer)
        assert answer["bundle"] == decision.bundle
        for item in answer["items"]:  # type: ignore[union-attr]
            assert isinstance(item, dict)
            assert (item["variant"], item["content"]) == (f"v{number}", {"version": number})
            chosen += 1
        numbers.add(number)
        models.add(decision.model)
    # The whole record comes out again of the one bundle and the one model that it names.
    for answer in made[:: max(1, len(made) // 100)]:
        decision = site.unifier.decisions.get(str(answer["decision_id"]))
        assert isinstance(decision, Decision)
        snapshot = site.deciding.trainer.numbered(decision.model)
        key = site.deciding.chooser.stream_key
        policy = compile_policy(site.unifier.policies.numbered(number_of(answer)))
        found = recompute(policy, decision, snapshot, key)
        assert found.equal, found
    assert len(numbers) > PUBLISHES / 2
    assert len(models) > 3
    assert chosen > len(made) / 2


def test_12_no_decision_mixes_versions_when_bundles_and_models_are_published() -> None:
    asyncio.run(mixed(600))


@pytest.mark.sweep
def test_12_no_decision_mixes_versions_in_ten_thousand() -> None:
    asyncio.run(mixed(10_000))


def number_of(answer: JsonObject) -> int:
    return int(str(answer["bundle"]).rpartition("#")[2])


# Each kind of fault, in one go: file, line, a piece of the reason.
FAULTY = {
    "a.yaml": """\
kind: goal
key: won
when: 'evnt == "Won"'
worth: -1
---
kind: message
key: m
lever: 2.5
urgent: true
stage_aim: evaluat
owner: 7
variants:
- {key: x, channel: wob, cots: 1}
""",
    "b.yaml": """\
kind: placement
key: home
channel: web
slots: many
diversity: [topics]
""",
    "c.yaml": "kind: message\nkey: n\nlever: 0.4\nurgent: true\nclass: urgent",
    "d.yaml": """\
{kind: message, key: o, lever: 2.5, urgent: true, stage_aim: evaluat, fallback: o,
 variants: [{key: x, channel: web}]}
---
{kind: cap, key: c, limt: 3}
---
{kind: retention, key: r, nonsense: 1}
---
{kind: mesage, key: z}
""",
}
FOUND = [
    ("a.yaml", 3, 'Did you mean "event"?'),
    ("a.yaml", 4, "worth -1 must be 0 or more"),
    ("a.yaml", 11, "expected str, got int"),
    ("a.yaml", 13, "message has no field cots; did you mean cost?"),
    ("a.yaml", 13, "known are web, app"),
    ("b.yaml", 4, "expected int, got str"),
    ("b.yaml", 5, "known are topic, goal, format, owner"),
    ("c.yaml", 5, "class is service or normal"),
    ("d.yaml", 1, "lever 2.5 must be from 0.5 to 2"),
    ("d.yaml", 1, "only a service message may be urgent"),
    ("d.yaml", 1, "stage_aim evaluat is no stage; did you mean evaluate?"),
    ("d.yaml", 1, "a message cannot stand in for itself"),
    ("d.yaml", 4, "cap has no field limt; did you mean limit?"),
    ("d.yaml", 6, "retention r"),
    ("d.yaml", 8, "kind mesage is not known; did you mean message?"),
]


def test_all_faults_are_reported_by_file_and_line_with_a_remedy() -> None:
    files: list[Json] = [[name, text] for name, text in FAULTY.items()]
    with wegweiser.open() as workspace:
        told = _object(workspace.run("bundle_validate", {"files": files}))
        found = [(row["file"], row["line"], str(row["reason"])) for row in _rows(told["faults"])]
        assert [place[:2] for place in found] == sorted(place[:2] for place in found)
        for file, line, reason in FOUND:
            assert any(one[:2] == (file, line) and reason in one[2] for one in found), reason
        assert len(found) == len(FOUND)
        with pytest.raises(DocumentRefused) as refused:
            workspace.apply(FAULTY)
        assert len(refused.value.each) == len(FOUND)
        assert workspace.run("bundle_list", {}) == []


@pytest.mark.parametrize("lever", [0.49, 2.01, float("inf")])
def test_a_lever_outside_its_bounds_is_refused(lever: float) -> None:
    text = f"{{kind: message, key: m, lever: {lever}, variants: [{{key: a, channel: web}}]}}"
    with wegweiser.open() as workspace, pytest.raises(DocumentRefused, match="lever"):
        workspace.apply({"m.yaml": text})


def test_published_content_never_changes_under_its_key() -> None:
    text = "{kind: message, key: m, variants: [{key: a, channel: web, content: {title: Old}}]}"
    changed = text.replace("Old", "New")
    with wegweiser.open() as workspace:
        workspace.apply({"m.yaml": text})
        with pytest.raises(DocumentRefused, match=r"content of variant m/a .* such as a-v2"):
            workspace.apply({"m.yaml": changed})
        assert workspace.apply({"m.yaml": text.replace("content", "cost: 2, content")})["changed"]
        workspace.apply({"m.yaml": changed.replace("key: a", "key: a-v2")})
        # Not even once it is gone: old decisions tell of it by this key.
        with pytest.raises(DocumentRefused, match="cannot change, it was published"):
            workspace.apply({"m.yaml": changed})


def test_an_object_is_taken_out_by_a_document_or_by_prune() -> None:
    with wegweiser.open() as workspace:
        workspace.apply({"a.yaml": EXAMPLE.rpartition("---")[0], "b.yaml": ARMS})
        gone = "{kind: goal, key: demo-booked, deleted: true}"
        with pytest.raises(DocumentRefused, match=r"g.yaml, line 1: message .* does not exist"):
            workspace.apply({"g.yaml": gone})
        both = f"{gone}\n---\n{{kind: message, key: security-whitepaper, deleted: true}}"
        assert workspace.apply({"g.yaml": both})["removed"] == 2
        assert workspace.apply({"g.yaml": both})["unchanged"] == 2
        pruned = workspace.run("apply", {"files": [["p.yaml", PLACES]], "prune": True})
        assert _object(pruned)["removed"] == 2
        bundle = workspace.site.unifier.policies.bundle
        assert {one.key for one in bundle.placements} == {"hero", "side"}
        assert (bundle.messages, bundle.goals) == ((), ())


def test_soft_limits_are_warned_of_from_four_fifths_on() -> None:
    text = "\n---\n".join(
        f"{{kind: message, key: m{number}, variants: [{{key: a, channel: web}}]}}"
        for number in range(800)
    )
    with wegweiser.open() as workspace:
        told = _object(workspace.run("bundle_validate", {"files": [["m.yaml", text]]}))
    assert told["warnings"] == ["800 live messages of 1000 that are advised; take old ones out"]


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
CONTENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | TEXTS
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=50)
@given(
    contents=st.lists(st.dictionaries(TEXTS, CONTENTS, max_size=3), min_size=1, max_size=4),
    label=st.sampled_from(["eligible", "applicable", "suitable"]),
    on_unknown=st.sampled_from(["exclude", "pass"]),
    starts=st.none() | st.integers(0, 4_000_000_000_000),
    owner=TEXTS,
)
def test_applying_an_export_changes_nothing(
    contents: list[JsonObject],
    label: RuleLabel,
    on_unknown: OnUnknown,
    starts: int | None,
    owner: str,
) -> None:
    variants = [
        Variant(f"v{place}", "web", content=content) for place, content in enumerate(contents)
    ]
    rules = (RuleText("person.known", label, on_unknown),)
    message = Message("m", tuple(variants), rules=rules, starts_at=starts, owner=owner)
    bundle = Bundle(number=1, messages=(message,), arms=Arms(nothing=0.25))
    objects = read_documents([*export(bundle)]).objects
    assert merge(bundle, objects).is_new is False
    assert bundle_digest(merge(Bundle(), objects).bundle) == bundle_digest(bundle)


def test_applying_the_export_of_the_demo_world_changes_nothing() -> None:
    with wegweiser.open() as workspace:
        workspace.apply({"demo.yaml": demo_documents()})
        exported = {
            name: str(text) for name, text in _object(workspace.run("bundle_export", {})).items()
        }
        applied = workspace.apply(exported)
        assert (applied["created"], applied["changed"]) == (0, 0)
        digest = bundle_digest(workspace.site.unifier.policies.bundle)
    with wegweiser.open() as other:
        other.apply(exported)
        assert bundle_digest(other.site.unifier.policies.bundle) == digest


def _object(found: Json) -> JsonObject:
    assert isinstance(found, dict)
    return found


def _rows(found: Json) -> list[JsonObject]:
    assert isinstance(found, list)
    return [row for row in found if isinstance(row, dict)]
