"""The journey as declared: a document over the built-in one, checked and compiled."""

import hashlib
from collections.abc import Mapping

import msgspec

from wegweiser.profile.stage_default import DEFAULT, WEIGHTS
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.journey import STAGES, JourneyTable, Row
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import Wrong, wrong

FIELDS = frozenset(DEFAULT)
MOST_CLASSES = 40
MOST_PER_DAY = 1_000.0
MOST_TIMES = 1_000.0


class EvidenceRules(msgspec.Struct, frozen=True):
    """What makes an event evidence: words of a path or text, names of events; class places."""

    words: Mapping[str, int]
    events: Mapping[str, int]
    read: frozenset[str]


class Journey(msgspec.Struct, frozen=True):
    """Everything that reading stages needs; `version` changes with every number and word."""

    table: JourneyTable
    rules: EvidenceRules
    facts: Mapping[str, Row]
    roles: Mapping[str, float]
    competitors: frozenset[str]
    names: Mapping[str, Mapping[str, str]]
    version: str


def compile_journey(document: JsonObject | None = None) -> Journey:
    """Compile a document; what it leaves out is as in the built-in one. Raises InputRefused.

    >>> journey = compile_journey({"key": "ours", "visits_per_day": {"commit": 1}})
    >>> journey.table.visits[4], journey.table.visits[1]
    (1.0, 0.3)
    """
    whole = over_default(document or {})
    evidence = _objects(whole["evidence"], "evidence")
    classes = tuple(evidence)
    if not 1 <= len(classes) <= MOST_CLASSES:
        raise refused("evidence", wrong("classes", most=MOST_CLASSES))
    looks = _by_stage(whole["looks"], "looks")
    start = _row(_by_stage(whole["start"], "start"), "start", 1.0)
    encoded = msgspec.json.encode({**whole, "key": ""}, order="sorted")
    return Journey(
        table=JourneyTable(
            classes,
            _shares(start, "start"),
            _row(_by_stage(whole["visits_per_day"], "visits_per_day"), "visits_per_day"),
            tuple(_looks(looks[stage], classes, f"looks.{stage}") for stage in STAGES),
            _moves(_by_stage(whole["moves_per_day"], "moves_per_day")),
        ),
        rules=_rules(evidence, whole["read_words_of"]),
        facts={name: _fact(fact, name) for name, fact in _objects(whole["facts"], "facts").items()},
        roles={
            role: number(weight, f"roles.{role}", 1.0)
            for role, weight in _object(whole["roles"], "roles").items()
        },
        competitors=frozenset(texts(whole["competitors"], "competitors")),
        names=_names(whole["names"]),
        version=hashlib.sha256(encoded).hexdigest()[:12],
    )


def refused(path: str, fault: Wrong) -> InputRefused:
    """Give the error for one place of a document, such as looks.explore."""
    return InputRefused("bad_journey", fault.of(f"journey: {path}"), 422, path)


def over_default(document: JsonObject) -> JsonObject:
    """Lay a document over the built-in one: what it names by key replaces, null takes away."""
    for field in sorted(set(document) - FIELDS):
        hint = wrong("known", names=", ".join(sorted(FIELDS)))
        raise refused(field, wrong("no_such_field", name=field, hint=hint))
    whole: JsonObject = {}
    for field, built_in in DEFAULT.items():
        stated = document.get(field)
        if isinstance(built_in, dict) and stated is not None:
            merged = {**built_in, **_object(stated, field)}
            whole[field] = {key: value for key, value in merged.items() if value is not None}
        else:
            whole[field] = built_in if stated is None else stated
    return whole


def _object(value: Json, path: str) -> JsonObject:
    if not isinstance(value, dict):
        raise refused(path, wrong("fields_here"))
    return value


def _objects(value: Json, path: str) -> dict[str, JsonObject]:
    return {key: _object(part, f"{path}.{key}") for key, part in _object(value, path).items()}


def texts(value: Json, path: str) -> list[str]:
    """Read a list of texts in lower case."""
    if not isinstance(value, list):
        raise refused(path, wrong("list_of_texts"))
    found = [part.strip().lower() for part in value if isinstance(part, str) and part.strip()]
    if len(found) < len(value):
        raise refused(path, wrong("list_of_texts"))
    return found


def number(value: Json, path: str, most: float) -> float:
    """Read a number from 0 to a bound."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise refused(path, wrong("number_up_to", most=most))
    return float(value)


def _by_stage(value: Json, path: str) -> JsonObject:
    given = _object(value, path)
    for name in given:
        if name not in STAGES:
            raise refused(f"{path}.{name}", wrong("stages_are", known=", ".join(STAGES)))
    for stage in STAGES:
        if stage not in given:
            raise refused(f"{path}.{stage}", wrong("every_stage"))
    return given


def _row(given: JsonObject, path: str, most: float = MOST_PER_DAY) -> Row:
    return tuple(number(given[stage], f"{path}.{stage}", most) for stage in STAGES)


def _shares(weights: Row, path: str) -> Row:
    total = sum(weights)
    if total <= 0:
        raise refused(path, wrong("some_above_0"))
    return tuple(weight / total for weight in weights)


def _looks(value: Json, classes: tuple[str, ...], path: str) -> Row:
    given = _object(value, path)
    for name in given:
        if name not in classes:
            raise refused(f"{path}.{name}", wrong("classes_are", known=", ".join(classes)))
    return _shares(
        tuple(_weight(given.get(name, "rare"), f"{path}.{name}") for name in classes), path
    )


def _weight(value: Json, path: str) -> float:
    if isinstance(value, str):
        if value not in WEIGHTS:
            raise refused(path, wrong("number_or_word", known=", ".join(WEIGHTS)))
        return WEIGHTS[value]
    # Nothing is impossible: one stray click must not exclude a stage for ever.
    return max(number(value, path, MOST_TIMES), 1e-6)


def _moves(given: JsonObject) -> tuple[Row, ...]:
    rows: list[Row] = []
    for stage in STAGES:
        path = f"moves_per_day.{stage}"
        targets = _object(given[stage], path)
        for name in targets:
            if name not in STAGES or name == stage:
                raise refused(f"{path}.{name}", wrong("other_stage"))
        rows.append(
            tuple(number(targets.get(to, 0), f"{path}.{to}", MOST_PER_DAY) for to in STAGES)
        )
    return tuple(rows)


def _fact(fact: JsonObject, name: str) -> Row:
    path = f"facts.{name}"
    if "certain" in fact:
        if fact["certain"] not in STAGES or len(fact) > 1:
            raise refused(path, wrong("certain", known=", ".join(STAGES)))
        return tuple(float(stage == fact["certain"]) for stage in STAGES)
    given = _object(fact.get("times"), f"{path}.times")
    for stage in given:
        if stage not in STAGES:
            raise refused(f"{path}.times.{stage}", wrong("stages_are", known=", ".join(STAGES)))
    times = tuple(
        number(given.get(stage, 1), f"{path}.times.{stage}", MOST_TIMES) for stage in STAGES
    )
    if min(times) <= 0:
        raise refused(f"{path}.times", wrong("factor_above_0"))
    return times


def _rules(evidence: Mapping[str, JsonObject], read: Json) -> EvidenceRules:
    words: dict[str, int] = {}
    events: dict[str, int] = {}
    for place, (name, rule) in enumerate(evidence.items()):
        for field in sorted(set(rule) - {"words", "events"}):
            raise refused(f"evidence.{name}.{field}", wrong("class_fields"))
        # The first class that names a word has it.
        for word in texts(rule.get("words", []), f"evidence.{name}.words"):
            words.setdefault(word.replace(" ", "-"), place)
        for event in texts(rule.get("events", []), f"evidence.{name}.events"):
            events.setdefault(event, place)
    return EvidenceRules(words, events, frozenset(texts(read, "read_words_of")))


def _names(value: Json) -> dict[str, dict[str, str]]:
    names: dict[str, dict[str, str]] = {}
    for stage, by_language in _objects(_by_stage(value, "names"), "names").items():
        names[stage] = {
            language: text for language, text in by_language.items() if isinstance(text, str)
        }
        if not {"en", "de"} <= names[stage].keys():
            raise refused(f"names.{stage}", wrong("en_and_de"))
    return names
