"""Rules held against profiles: one by one to test them, many to warn of rules that say nothing."""

from collections.abc import Iterator, Sequence

from wegweiser.decide.candidate import Candidate
from wegweiser.decide.facts import Facts
from wegweiser.decide.policy import Policy, compile_policy
from wegweiser.decide.rule_schema import saved_rule
from wegweiser.decide.situation import activation, with_candidate
from wegweiser.flow.asked_as import asked_as
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.ports.clock import Clock
from wegweiser.query.cel import Rule
from wegweiser.terms.decision import Situation, Subject
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.figure import percent
from wegweiser.terms.identity import kind_of
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.message import Message, Placement, RuleText
from wegweiser.terms.policy import Bundle
from wegweiser.terms.wrong import InBoth, Wrong, wrong

SAMPLE = 200
# Fewer profiles say nothing about a rule.
FEWEST = 20
MISSING_SHARE = 0.20
DAYS = 30
MOST_PROFILES = 100
_SUBJECTS = ("person", "account", "stage", "group")
# Rules that read these cannot be judged without a request.
_OF_REQUESTS = frozenset(("context", "placement", "message", "variant"))


class RuleDesk:
    """Reads profiles as decisions do; changes nothing."""

    def __init__(self, views: Views, unifier: Unifier, clock: Clock):
        self._views = views
        self._unifier = unifier
        self._clock = clock

    def test(
        self,
        text: str,
        profiles: Sequence[str],
        context: JsonObject | None = None,
        placement: Placement | None = None,
        message: Message | None = None,
    ) -> list[JsonObject]:
        """Say of each profile ("type:value") whether a rule holds, and what made it fail.

        Raises RuleRefused for the rule, NotFound for a profile.
        """
        rule = saved_rule(text)
        if len(profiles) > MOST_PROFILES:
            told = wrong("many_rule_profiles", most=MOST_PROFILES)
            raise InputRefused("too_many", told, 422, "profiles")
        policy = _policy_of([text])
        place = placement or Placement("", "web")
        return [
            self._tested(rule, policy, name, context or {}, place, message) for name in profiles
        ]

    def _tested(
        self,
        rule: Rule,
        policy: Policy,
        name: str,
        context: JsonObject,
        placement: Placement,
        message: Message | None,
    ) -> JsonObject:
        facts = self._facts(name, context, policy)
        variables = activation(facts, placement, self._clock.now_ms())
        if message is not None and message.variants:
            fitting = [one for one in message.variants if one.channel == placement.channel]
            variant = (fitting or [*message.variants])[0]
            variables = with_candidate(variables, Candidate(message, variant, ""))
        verdict = rule.explain(variables)
        told: JsonObject = {
            "profile": name,
            "value": "unknown" if verdict.value is None else verdict.value,
        }
        if verdict.failing:
            told |= {"failing": verdict.failing, "found": verdict.found}
        if verdict.unknown is not None:
            told |= {"unknown": verdict.unknown.reason, "where": verdict.unknown.where}
        return told

    def _facts(self, name: str, context: JsonObject, policy: Policy) -> Facts:
        of_account = kind_of(name) == "group_id"
        found = self._views.find_account(name) if of_account else self._views.find_person(name)
        if not kind_of(name) or found is None:
            raise NotFound(wrong("no_rule_profile", name=repr(name[:200])))
        subject = Subject(account=name) if of_account else Subject(person=self._leaf(found))
        situation = Situation(request_id="rule", subject=subject, placements=(), context=context)
        return self._views.facts(situation, policy)

    def _leaf(self, person_id: str) -> str:
        """Give an identifier under which a decision would ask for a person."""
        return asked_as(self._unifier.directory, person_id)

    def warnings(self, old: Bundle, new: Bundle) -> list[Wrong]:
        """Warn of rules that are new: of what they read, and whom they tell apart."""
        known = {rule.when for message in old.messages for rule in message.rules}
        fresh = sorted({rule.when for message in new.messages for rule in message.rules} - known)
        if not fresh:
            return []
        policy = _policy_of(fresh)
        sample = list(self._sample(policy))
        if len(sample) < FEWEST:
            return []
        found: list[Wrong] = []
        for rule in policy.rules:
            found += _missing(rule, [facts for facts, _ in sample])
            found += self._same_for_all(rule, sample)
        return found

    def _sample(self, policy: Policy) -> Iterator[tuple[Facts, int]]:
        """Yield facts of persons spread over all of them, with when they were last seen (ms)."""
        names = list(self._unifier.directory.persons())
        step = max(1, len(names) // SAMPLE)
        for name in names[::step][:SAMPLE]:
            if self._views.find_person(f"person_id:{name}") != name:
                continue
            facts = self._facts(f"person_id:{name}", {}, policy)
            seen = facts.person.get("last_seen")
            yield facts, seen if isinstance(seen, int) else 0

    def _same_for_all(self, rule: Rule, sample: Sequence[tuple[Facts, int]]) -> Iterator[Wrong]:
        if not rule.variables.isdisjoint(_OF_REQUESTS):
            return
        now = self._clock.now_ms()
        lately = [facts for facts, seen in sample if seen > now - DAYS * DAY_MS]
        if len(lately) < FEWEST:
            return
        nowhere = Placement("", "web")
        answers = {rule.evaluate(activation(facts, nowhere, now)) for facts in lately}
        if len(answers) == 1:
            [answer] = answers
            yield _same(answer, repr(rule.text), len(lately))


def _same(answer: bool | None, rule: str, count: int) -> Wrong:
    if answer is None:
        return wrong("always_unknown", rule=rule, days=DAYS, count=count)
    if answer:
        return wrong("always_true", rule=rule, days=DAYS, count=count)
    return wrong("always_false", rule=rule, days=DAYS, count=count)


def _missing(rule: Rule, sample: Sequence[Facts]) -> Iterator[Wrong]:
    for path in sorted(rule.key_paths):
        if path[0] not in _SUBJECTS or len(path) < 2:
            continue
        without = sum(not _is_there(facts, path) for facts in sample)
        if without > MISSING_SHARE * len(sample):
            share = InBoth({lang: percent(without / len(sample), lang, 0) for lang in ("en", "de")})
            field, count = ".".join(path), len(sample)
            yield wrong(
                "mostly_missing", rule=repr(rule.text), field=field, share=share, count=count
            )


def _is_there(facts: Facts, path: tuple[str, ...]) -> bool:
    value: Json = activation(facts, Placement("", "web"), 0, with_counts=False)
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    return True


def _policy_of(texts: Sequence[str]) -> Policy:
    """Compile a policy that reads what these rules read, and nothing else."""
    rules = tuple(RuleText(text) for text in texts)
    return compile_policy(Bundle(messages=(Message("rule", (), rules=rules),)))
