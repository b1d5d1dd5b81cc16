"""Rules of messages: three values, two engines, everything that is refused at save, the guard."""

from collections.abc import Iterator
from itertools import product

import pytest

import wegweiser
from tests.query.cel.second_engine import DIFFERS, second_opinion
from tests.query.cel.situation import ACTIVATION, RULES
from tests.query.cel.test_conformance import CASES
from wegweiser.decide.rule_groups import rules_of_all
from wegweiser.decide.rule_guard import BUDGET_NS, OUT_OF_TIME, SLOW_NS, RuleGuard
from wegweiser.decide.rule_schema import compile_eligibility
from wegweiser.query.cel import compile_rule
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import HOUR_MS
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace.workspace import Workspace

TRUE, FALSE, UNKNOWN = "context.yes", "context.no", "context.absent"
VALUES: dict[str, bool | None] = {TRUE: True, FALSE: False, UNKNOWN: None}


def kleene(sign: str, left: bool | None, right: bool | None) -> bool | None:
    decisive = sign == "||"
    if decisive in (left, right):
        return decisive
    return None if None in (left, right) else not decisive


def test_18_three_valued_truth_tables_of_both_engines() -> None:
    for left, right in product(VALUES, VALUES):
        for sign in ("&&", "||"):
            expected = kleene(sign, VALUES[left], VALUES[right])
            text = f"{left} {sign} {right}"
            assert compile_rule(text, RULES).evaluate(ACTIVATION) is expected, text
            assert second_opinion(text, ACTIVATION) is expected, text
    for name, value in VALUES.items():
        expected = None if value is None else not value
        assert compile_rule(f"!{name}", RULES).evaluate(ACTIVATION) is expected
        assert second_opinion(f"!{name}", ACTIVATION) is expected
    for condition, yes, no in product(VALUES, VALUES, VALUES):
        text = f"{condition} ? {yes} == true : {no} == true"
        branch = {True: yes, False: no, None: UNKNOWN}[VALUES[condition]]
        assert compile_rule(text, RULES).evaluate(ACTIVATION) is VALUES[branch], text
        assert second_opinion(text, ACTIVATION) is VALUES[branch], text


def test_18_both_engines_agree_on_the_conformance_file() -> None:
    assert len(CASES) > 100
    ours = {text: compile_rule(text, RULES).evaluate(ACTIVATION) for text, _ in CASES}
    assert ours == dict(CASES)
    theirs = {text: second_opinion(text, ACTIVATION) for text, _ in CASES}
    assert {text for text in ours if ours[text] is not theirs[text]} == set(DIFFERS)


BASE = """\
{kind: placement, key: home, channel: web, fallback: plain}
---
{kind: goal, key: demo, when: 'event == "Demo Booked"'}
---
{kind: message, key: plain, variants: [{key: a, channel: web}]}
---
{kind: attribute, key: person.traits.health, purposes: [measurement]}
---
{kind: attribute, key: person.traits.plan, purposes: [decisions, measurement]}
"""

# What section 12 refuses at save -> a rule, and a piece of what is said about it.
REFUSED: dict[str, tuple[str, str]] = {
    "parse error": ("person.known &&", "not complete"),
    "type error": ("person.engagement == 'high'", "cannot be compared"),
    "unknown name": ("persn.known", 'Did you mean "person"?'),
    "unknown field": ("person.trait.plan == 'x'", 'Did you mean "traits"?'),
    "unknown function": ("days_sinc(person.last_seen) > 3.0", 'Did you mean "days_since"?'),
    "not bool": ("person.sessions + 1", "this is a int"),
    "dyn": ("person.traits.vip", "Write … == true"),
    "more than 4,000 characters": (
        "person.known // " + "x" * 4_000,
        "longer than 4000 characters",
    ),
    "own parser cannot read it": ("{'a': 1} == context.a", "maps and objects"),
    "nested comprehension": (
        "person.accounts.exists(a, person.segments.exists(s, s == a.role))",
        "inside a list function",
    ),
    "cost": (
        "person.accounts.exists(a, a.role == 'x' && a.status == 'y' && a.size == 1)",
        "it costs 1303, more than 1000",
    ),
    "pattern that RE2 rejects": ("person.traits.plan.matches('(?=x)')", "pattern is refused"),
    "pattern of more than 200 characters": (
        f"person.traits.plan.matches('{'x' * 201}')",
        "longer than 200",
    ),
    "top stage label alone": ("stage.label == 'evaluate'", "Write a probability"),
    "top stage as a text": ("person.stage == 'evaluate'", "Write a probability"),
    "purpose": ("person.traits.health == 'ill'", "must not be used for decisions"),
    "purpose, all of it": ("person.traits.exists(t, t == 'health')", "must not be used"),
    "constant": ("1 == 1", "the same for everybody"),
}


@pytest.fixture(scope="module")
def workspace() -> Iterator[Workspace]:
    with wegweiser.open() as opened:
        opened.apply({"base.yaml": BASE})
        for number in range(30):
            traits: JsonObject = {"plan": "team" if number % 2 else "free"}
            opened.identify(f"u-{number}", traits | ({"rare": 1} if number == 7 else {}))
        yield opened


def validated(workspace: Workspace, rule: str, more: str = "") -> JsonObject:
    quoted = rule.replace("'", "''")
    text = (
        f"kind: message\nkey: m\nvariants: [{{key: a, channel: web}}]\nrules:\n- when: '{quoted}'"
    )
    found = workspace.run("bundle_validate", {"files": [["m.yaml", f"{text}\n{more}"]]})
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("name", REFUSED)
def test_18_every_refusal_at_save_names_place_and_remedy(workspace: Workspace, name: str) -> None:
    rule, told = REFUSED[name]
    found = validated(workspace, rule)
    (fault,) = rows(found["faults"])
    assert (fault["file"], fault["line"]) == ("m.yaml", 5)
    assert told in str(fault["reason"])
    assert found["valid"] is False


def test_18_a_rule_that_makes_a_fallback_unreachable_is_refused(workspace: Workspace) -> None:
    kept_out = ("placement.key != 'home'", "message.topic == 'x'", "variant.channel == 'email'")
    for rule in kept_out:
        found = validated(workspace, rule, "---\n{kind: placement, key: p, channel: web}")
        assert found["valid"] is True, rule
        text = f'{{kind: message, key: plain, topic: t, rules: [{{when: "{rule}"}}]}}'
        told = workspace.run("bundle_validate", {"files": [["f.yaml", text]]})
        assert isinstance(told, dict)
        (fault,) = rows(told["faults"])
        assert "keeps it out of placement home, whose fallback it is" in str(fault["reason"])
    # What the message does not say is unknown for everybody, which keeps it out as well.
    for on_unknown, valid in (("exclude", False), ("pass", True)):
        rule = f"{{when: \"message.topic == 'x'\", on_unknown: {on_unknown}}}"
        text = f"{{kind: message, key: plain, rules: [{rule}]}}"
        told = workspace.run("bundle_validate", {"files": [["f.yaml", text]]})
        assert isinstance(told, dict)
        assert told["valid"] is valid, on_unknown
    maybe = '{kind: message, key: plain, rules: [{when: "person.known"}]}'
    told = workspace.run("bundle_validate", {"files": [["f.yaml", maybe]]})
    assert isinstance(told, dict)
    assert told["valid"] is True


def test_18_nor_may_rules_do_so_together_or_to_the_fallback_of_a_message(
    workspace: Workspace,
) -> None:
    def said(*parts: str) -> list[str]:
        files: list[Json] = [["f.yaml", "\n---\n".join(parts)]]
        told = workspace.run("bundle_validate", {"files": files})
        assert isinstance(told, dict)
        return [str(fault["reason"]) for fault in rows(told["faults"])]

    rules = "[{when: \"variant.locale == 'de'\"}, {when: \"variant.locale == 'en'\"}]"
    variants = "[{key: d, channel: web, locale: de}, {key: e, channel: web, locale: en}]"
    both = f"{{kind: message, key: both, variants: {variants}, rules: {rules}}}"
    place = "{kind: placement, key: side, channel: web, fallback: both}"
    assert len(said(both, place)) == 2
    assert said(both.replace("'en'", "'de'"), place) == []
    owner = "{kind: message, key: owner, fallback: both, variants: [{key: a, channel: web}]}"
    told = said(both, owner)
    assert len(told) == 2
    assert all("stand in for message owner, whose fallback it is" in one for one in told)
    assert said(both.replace("locale == 'en'", "key != 'x'"), owner) == []
    # Somewhere it can stand in, so that nothing is wrong.
    there = both.replace(rules, "[{when: \"placement.key != 'home'\"}]")
    assert said(there, owner) != []
    assert said(there, owner, "{kind: placement, key: side, channel: web}") == []


def rows(found: Json) -> list[JsonObject]:
    assert isinstance(found, list)
    return [row for row in found if isinstance(row, dict)]


def test_what_most_profiles_lack_and_what_says_nothing_is_warned_of(workspace: Workspace) -> None:
    lacking = validated(workspace, 'person.traits.rare == 1 || person.traits.plan == "team"')
    assert lacking["valid"] is True
    (warning,) = lacking["warnings"]  # type: ignore[misc]
    assert "person.traits.rare, which 97% of 30 profiles do not have" in str(warning)
    same = validated(workspace, "person.known && person.engagement >= 0.0")
    (warning,) = same["warnings"]  # type: ignore[misc]
    assert "is true for everybody seen in the last 30 days (asked of 30 profiles)" in str(warning)
    assert validated(workspace, 'person.traits.plan == "team"')["warnings"] == []


def test_a_rule_is_tested_on_sample_profiles(workspace: Workspace) -> None:
    asked: JsonObject = {"profiles": ["user_id:u-7", "user_id:u-8"]}
    rule = 'person.traits.plan == "team" && person.traits.rare < 5'
    found = workspace.run("rule_test", {"rule": rule, **asked})
    assert isinstance(found, dict)
    true, false = rows(found["profiles"])
    assert true == {"profile": "user_id:u-7", "value": True}
    assert (false["value"], false["found"]) == (False, "free")
    assert false["failing"] == 'person.traits.plan == "team"'
    found = workspace.run("rule_test", {"rule": "person.traits.rare < 5", **asked})
    assert isinstance(found, dict)
    unknown = rows(found["profiles"])[1]
    assert (unknown["value"], unknown["unknown"]) == ("unknown", "missing")
    with pytest.raises(InputRefused, match="There is no profile"):
        workspace.run("rule_test", {"rule": rule, "profiles": ["user_id:nobody"]})


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("stage.evaluate >= 0.0 && stage.evaluate <= 1.0", True),
        ("message.topic == 'security' && message.value > 3.0", True),
        ("message.service", False),
        ("variant.channel == 'web' && variant.locale == 'de'", True),
        ("placement.key == 'home'", True),
        ("counts.contacts_7 == 0 && counts.account_30 == 0", True),
        ("in_segment('everybody')", True),
        ("in_segment('nobody')", False),
        ("days_since(person.last_seen) < 1.0", True),
        ("account.completeness < 0.5", True),
        ("group.offers.suite.engaged == 0.0 && group.completeness < 1.0", True),
        ("context.query == 'sso'", True),
        ("as_of > person.first_seen", True),
    ],
)
def test_every_variable_of_section_12_is_there(rule: str, expected: bool) -> None:
    config = """
{kind: placement, key: home, channel: web}
---
{kind: message, key: m, topic: security, value: 4, variants: [{key: a, channel: web, locale: de}]}
---
{kind: segment, key: everybody, when: 'person.sessions >= 0'}
---
{kind: segment, key: nobody, when: 'person.sessions > 999'}
---
{kind: buying_group, key: suite, roles: {decider: {min: 1, weight: 1}}}
"""
    with wegweiser.open() as workspace:
        workspace.apply({"all.yaml": config})
        workspace.group("u-1", "acme", {"name": "Acme"})
        workspace.page("u-1", "Home")
        asked: JsonObject = {"rule": rule, "profiles": ["user_id:u-1"]}
        where: JsonObject = {"placement": "home", "message": "m", "context": {"query": "sso"}}
        found = workspace.run("rule_test", {**asked, **where})
        assert isinstance(found, dict)
        (row,) = rows(found["profiles"])
        assert row["value"] is expected, row


def test_a_rule_about_messages_is_asked_for_each_of_them() -> None:
    config = """
{kind: placement, key: home, channel: web}
---
{kind: arms, nothing: 0, random: 0}
---
{kind: message, key: a, topic: x, rules: [{when: "message.topic == context.topic"}],
 variants: [{key: v, channel: web}]}
---
{kind: message, key: b, topic: y, rules: [{when: "message.topic == context.topic"}],
 variants: [{key: v, channel: web}]}
"""
    with wegweiser.open() as workspace:
        workspace.apply({"all.yaml": config})
        consent: JsonObject = {"consent": {"categoryPreferences": {"personalisation": True}}}
        workspace.identify("u-1", {}, context=consent)
        for topic, message in (("x", "a"), ("y", "b")):
            answer = workspace.decide(
                {
                    "subject": {"person": "user_id:u-1"},
                    "placements": [{"key": "home", "max": 1}],
                    "context": {"topic": topic},
                }
            )
            chosen = [item["message"] for item in rows(answer["items"])]
            assert set(chosen) <= {message}


class Seconds:
    """A counter of nanoseconds that goes on by what a test says."""

    def __init__(self) -> None:
        self.ns, self.step_ns = 0, 0

    def __call__(self) -> int:
        self.ns += self.step_ns
        return self.ns


def test_rules_that_take_long_are_flagged_and_over_the_budget_nothing_is_known() -> None:
    elapsed, now = Seconds(), [0]
    guard = RuleGuard(elapsed, lambda: now[0])
    rule, other = compile_eligibility("person.known"), compile_eligibility("!person.known")
    someone: JsonObject = {"person": {"known": True}}
    elapsed.step_ns = SLOW_NS + 1
    budget = guard.budget()
    for _ in range(3):
        assert budget.ask(rule, someone) is True
        now[0] += HOUR_MS // 4
    assert guard.records[rule.text].is_flagged(now[0])
    assert not guard.records[rule.text].is_flagged(now[0] + HOUR_MS)
    elapsed.step_ns = BUDGET_NS
    assert budget.ask(other, someone) is False
    assert budget.ask(other, someone) is None
    assert guard.records[other.text].unknown == {OUT_OF_TIME: 1}
    assert (guard.over_budget, guard.records[other.text].is_flagged(now[0])) == (1, False)
    assert guard.budget().ask(rule, someone) is True


def test_many_rules_asked_at_once_are_judged_and_counted_as_one_by_one() -> None:
    texts = ("person.known", "!person.known", "person.engagement > 5.0")
    rules = [compile_eligibility(text) for text in texts]
    # Of nobody twice: what is remembered takes no time (tests/decide/test_rule_groups.py).
    people: list[JsonObject] = [{"person": {"known": known}} for known in (True, False)]

    def guarded(step_ns: int) -> RuleGuard:
        elapsed = Seconds()
        elapsed.step_ns = step_ns
        return RuleGuard(elapsed, lambda: 0)

    for step_ns in (1, SLOW_NS + 1, BUDGET_NS // 2, BUDGET_NS):
        together, apart = guarded(step_ns), guarded(step_ns)
        at_once, one_by_one = together.budget(), apart.budget()
        shared = rules_of_all([*enumerate(rules)], are_all=True)
        for someone in people:
            answers = [one_by_one.ask(rule, someone) for rule in rules]
            assert at_once.ask_all(shared, someone) == answers
        assert together.records == apart.records
        assert (together.over_budget, at_once.refused, at_once.left_ns) == (
            apart.over_budget,
            one_by_one.refused,
            one_by_one.left_ns,
        )


def test_errors_of_rules_are_counted_and_shown_and_long_lists_are_cut() -> None:
    config = """
{kind: placement, key: home, channel: web}
---
kind: message
key: a
rules:
- when: 'context.seats / context.divisor > 1'
- when: 'context.tags.exists(t, t == "last")'
  label: suitable
variants: [{key: v, channel: web}]
"""
    with wegweiser.open() as workspace:
        workspace.apply({"all.yaml": config})
        tags: list[Json] = [*(f"t-{number}" for number in range(100)), "last"]
        for number in range(2):
            asked: JsonObject = {
                "subject": {"device": "anonymous_id:a-1"},
                "placements": [{"key": "home", "max": 1}],
                "context": {"seats": 4, "divisor": number, "tags": tags},
                "mode": "explain",
            }
            answer = workspace.decide(asked)
        found = workspace.run("rule_list", {})
        assert isinstance(found, dict)
        by_rule = {row["rule"]: row for row in rows(found["rules"])}
        divided = by_rule["context.seats / context.divisor > 1"]
        assert (divided["asked"], divided["errors"]) == (2, 1)
        assert divided["unknown"] == {"arithmetic": 1}
        metrics = workspace.site.metrics_text().decode()
        assert 'wegweiser_rule_unknown_total{reason="arithmetic"' in metrics
        decision = workspace.site.unifier.decisions.get(str(answer["decision_id"]))
        assert decision is not None
        assert decision.facts["lists_cut"] == ["context.tags"]
        assert "last" not in decision.facts["context"]["tags"]  # type: ignore[index,call-overload]
