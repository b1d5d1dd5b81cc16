"""Rules that read the same fields are answered once for equal values, and never wrongly."""

from hypothesis import given
from hypothesis import strategies as st

from wegweiser.decide.rule_groups import LONGEST_TEXT, rules_of_all
from wegweiser.decide.rule_guard import BUDGET_NS, OUT_OF_TIME, RuleGuard
from wegweiser.decide.rule_schema import compile_eligibility
from wegweiser.terms.json import Json, JsonObject

TEXTS = (
    'person.traits.plan == "team"',
    'person.traits.plan != "team"',
    "has(person.traits.plan)",
    "person.traits.plan == true",
    "person.traits.plan == 1",
    "person.traits.plan < 1.5",
    'person.traits.plan < 1.5 || person.traits.city == "Kiel"',
    'person.traits.city == "Kiel" && person.traits.plan == "team"',
    "as_of > person.last_seen",
    "person.last_seen < as_of",
)
RULES = [*enumerate(map(compile_eligibility, TEXTS))]
values: st.SearchStrategy[Json] = st.sampled_from(
    ["team", "1", "", True, False, 1, 0, 1.0, 0.0, -0.0, 2**70, None, ["team"], {"a": 1}, "x" * 300]
)
traits = st.dictionaries(st.sampled_from(["plan", "city"]), values)
persons: st.SearchStrategy[JsonObject] = st.fixed_dictionaries(
    {}, optional={"traits": st.one_of(traits, values), "last_seen": st.integers(0, 3)}
)


@given(st.lists(st.tuples(persons, st.integers(0, 3)), min_size=1, max_size=12))
def test_what_is_remembered_is_what_would_be_answered_now(
    asked: list[tuple[JsonObject, int]],
) -> None:
    shared = rules_of_all(RULES, are_all=True)
    together, apart = (RuleGuard(lambda: 0, lambda: 0) for _ in range(2))
    for person, moment in asked:
        variables: JsonObject = {"person": person, "as_of": moment}
        one_by_one = apart.budget()
        answers = [one_by_one.ask(rule, variables) for _, rule in RULES]
        assert together.budget().ask_all(shared, variables) == answers
        assert together.records == apart.records


def test_equal_values_are_answered_without_asking_again() -> None:
    shared = rules_of_all(RULES[:2], are_all=True)
    spent = [0]

    def elapsed() -> int:
        spent[0] += 1
        return spent[0]

    guard = RuleGuard(elapsed, lambda: 0)

    def asked(plan: Json) -> int:
        before = spent[0]
        guard.budget().ask_all(shared, {"person": {"traits": {"plan": plan}}})
        return spent[0] - before

    assert (asked("team"), asked("team"), asked("free"), asked("team")) == (4, 0, 4, 0)
    assert asked(1.0) == asked(1.0) == asked("x" * (LONGEST_TEXT + 1)) == 4
    assert guard.records[TEXTS[0]].asked == 7


def test_an_answer_that_time_ran_out_on_is_not_remembered() -> None:
    shared = rules_of_all(RULES[:2], are_all=True)
    clock = [0, BUDGET_NS]
    guard = RuleGuard(lambda: clock.pop(0) if clock else 0, lambda: 0)
    variables: JsonObject = {"person": {"traits": {"plan": "team"}}}
    assert guard.budget().ask_all(shared, variables) == [True, None]
    assert guard.budget().ask_all(shared, variables) == [True, False]
    assert guard.records[TEXTS[1]].unknown == {OUT_OF_TIME: 1}
