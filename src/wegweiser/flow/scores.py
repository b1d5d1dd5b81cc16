"""Scores as declared, the models that were learned for them, and what the last look found."""

from collections.abc import Mapping, Sequence

import msgspec

from wegweiser.decide.document import Documents, Loose
from wegweiser.flow.mappings import DocumentBook, Put
from wegweiser.flow.score_wish import ScoreTrained
from wegweiser.flow.tables import SCORE_CHECKS, SCORE_MODELS, SCORES, number_key
from wegweiser.learn.score_reading import ScoreReader
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.message import Goal
from wegweiser.terms.score import ScoreCheck, ScoreDeclared, ScoreModel
from wegweiser.terms.wrong import Wrong, wrong
from wegweiser.terms.wrong_type import misread

KIND = "score"
MOST_SCORES = 20
LONGEST_DAYS = 180


def read_declared(fields: JsonObject) -> ScoreDeclared:
    """Read a document; raises msgspec.ValidationError. Fit is of accounts.

    >>> read_declared({"kind": "score", "key": "f", "predicts": "fit", "goal": "won"}).unit
    'account'
    """
    given = {name: value for name, value in fields.items() if name != "kind"}
    declared = msgspec.convert(given, ScoreDeclared)
    if declared.predicts == "fit" and "unit" not in given:
        return msgspec.structs.replace(declared, unit="account")
    return declared


class ScoreBook:
    """`readers` holds the newest model of each score that is declared and not off."""

    def __init__(self, store: OperationalStore):
        self._store = store
        self._documents = DocumentBook(store, SCORES)
        self._models: dict[str, list[ScoreModel]] = {}
        for _, value in store.scan(SCORE_MODELS):
            model = msgspec.json.decode(value, type=ScoreModel)
            self._models.setdefault(model.key, []).append(model)
        self.checks: dict[str, ScoreCheck] = {
            key.decode(): msgspec.json.decode(value, type=ScoreCheck)
            for key, value in store.scan(SCORE_CHECKS)
        }
        self._read()

    def _read(self) -> None:
        found = [read_declared(fields) for fields in self._documents.all()]
        self.declared: Mapping[str, ScoreDeclared] = {one.key: one for one in found if not one.off}
        newest = {key: self.newest(key) for key in self.declared}
        # What is declared anew counts only once it was learned as it is declared now.
        self.readers: Mapping[str, ScoreReader] = {
            key: ScoreReader(model)
            for key, model in newest.items()
            if model is not None and _same(model.declared, self.declared[key])
        }

    def newest(self, key: str) -> ScoreModel | None:
        """Give the model that was published last for a score."""
        models = self._models.get(key)
        return models[-1] if models else None

    def models_of(self, key: str) -> Sequence[ScoreModel]:
        """List all models of a score, oldest first."""
        return self._models.get(key, ())

    def check(self, documents: Documents, goals: Mapping[str, Goal]) -> None:
        """Raise DocumentRefused for the first fault, before anything is kept."""
        known = {fields["key"] for fields in self._documents.all()}
        there = goals.keys() | {one.key for one in documents.objects if one.kind == "goal"}
        for found in documents.of_kind(KIND):
            known.add(found.key)
            _check(found, there)
            if len(known) > MOST_SCORES:
                raise _refused(found, wrong("many_scores", most=MOST_SCORES))

    def put(self, documents: Documents) -> Put:
        """Keep what was checked; it is learned by the next training."""
        kept = self._documents.put([one.fields for one in documents.of_kind(KIND)])
        if kept.created or kept.changed:
            self._read()
        return kept

    def publish(self, trained: ScoreTrained) -> ScoreModel | None:
        """Keep what a training found; gives the model where it is another than the last one."""
        check, model = trained.check, trained.model
        changes: list[Change] = []
        last = self.newest(check.key)
        if model is not None and (last is None or last.sha256 != model.sha256):
            number = 1 if last is None else last.number + 1
            model = msgspec.structs.replace(model, number=number)
            self._models.setdefault(check.key, []).append(model)
            name = check.key.encode() + b"\x1f" + number_key(number)
            changes.append(Change(SCORE_MODELS, name, msgspec.json.encode(model)))
            last = model
        elif model is not None:
            model = None
        check = msgspec.structs.replace(check, model=0 if last is None else last.number)
        self.checks[check.key] = check
        changes.append(Change(SCORE_CHECKS, check.key.encode(), msgspec.json.encode(check)))
        self._store.commit(changes)
        self._read()
        return model


def _same(one: ScoreDeclared, other: ScoreDeclared) -> bool:
    """Tell whether two declarations mean the same model, whatever they are called."""
    return msgspec.structs.replace(one, name="") == msgspec.structs.replace(other, name="")


def _check(found: Loose, goals: set[str]) -> None:
    try:
        declared = read_declared(found.fields)
    except msgspec.ValidationError as error:
        raise _refused(found, misread(error)) from None
    needs_goal = declared.predicts in ("goal", "fit")
    if needs_goal and declared.goal not in goals:
        near = ", ".join(sorted(goals)) or wrong("no_goals")
        raise _refused(found, wrong("no_goal", key=repr(declared.goal), near=near))
    if not needs_goal and not declared.days:
        raise _refused(found, wrong("no_days", predicts=declared.predicts))
    if not 0 <= declared.days <= LONGEST_DAYS:
        raise _refused(found, wrong("days", most=LONGEST_DAYS))
    if declared.predicts == "fit" and declared.unit != "account":
        raise _refused(found, wrong("fit_unit"))
    if declared.traits and declared.unit != "account":
        raise _refused(found, wrong("traits_unit"))


def _refused(found: Loose, fault: Wrong) -> DocumentRefused:
    return DocumentRefused(found.file, found.line, fault.of(found.name))
