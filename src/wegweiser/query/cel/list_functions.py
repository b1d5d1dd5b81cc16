"""Closures for exists, all, exists_one, filter and map, counted against the step limit."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from wegweiser.query.cel.junctions import as_truth
from wegweiser.query.cel.steps import STEPS
from wegweiser.query.cel.tree import ListWord
from wegweiser.query.cel.values import Scope, Step, Unknown, shown


def list_step(items: tuple[Step, ...]) -> Step:
    """Make a list; unknown if one of its elements is."""

    def make(scope: Scope) -> object:
        made = [item(scope) for item in items]
        return next((value for value in made if type(value) is Unknown), made)

    return make


def for_each_step(word: ListWord, over: Step, name: str, body: Step, cost: int, where: str) -> Step:
    """Run `body` for each element named `name`; `cost` steps are counted per element."""
    conclude = _CONCLUSIONS[word]

    def answers(scope: Scope, elements: Sequence[object]) -> Iterator[object]:
        left = scope[STEPS]
        assert isinstance(left, list)
        inner = dict(scope)
        for element in elements:
            left[0] -= cost
            if left[0] < 0:
                yield Unknown("too_long", where)
                return
            inner[name] = element
            answer = body(inner)
            yield answer if word == "map" else as_truth(answer, where)

    def run(scope: Scope) -> object:
        found = over(scope)
        if isinstance(found, dict):
            found = list(found)
        if not isinstance(found, list | tuple):
            return found if type(found) is Unknown else Unknown("type", where, shown(found))
        return conclude(found, answers(scope, found))

    return run


def _decided_by(
    decisive: bool,
) -> Callable[[Sequence[object], Iterator[object]], object]:
    def conclude(_elements: Sequence[object], answers: Iterator[object]) -> object:
        doubt: object = not decisive
        for answer in answers:
            if answer is decisive:
                return decisive
            doubt = answer if type(answer) is Unknown else doubt
        return doubt

    return conclude


def _exactly_one(_elements: Sequence[object], answers: Iterator[object]) -> object:
    count = 0
    for answer in answers:
        if type(answer) is Unknown:
            return answer
        count += answer is True
    return count == 1


def _filtered(elements: Sequence[object], answers: Iterator[object]) -> object:
    kept = []
    for element, answer in zip(elements, answers, strict=False):
        if type(answer) is Unknown:
            return answer
        if answer is True:
            kept.append(element)
    return kept


def _mapped(_elements: Sequence[object], answers: Iterator[object]) -> object:
    made = []
    for answer in answers:
        if type(answer) is Unknown:
            return answer
        made.append(answer)
    return made


_CONCLUSIONS: Mapping[ListWord, Callable[[Sequence[object], Iterator[object]], object]] = {
    "exists": _decided_by(True),
    "all": _decided_by(False),
    "exists_one": _exactly_one,
    "filter": _filtered,
    "map": _mapped,
}
