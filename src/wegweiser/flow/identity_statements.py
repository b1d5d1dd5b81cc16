"""What an operator wishes to say about who is who, checked and made a statement."""

from collections.abc import Iterable, Sequence

import msgspec

from wegweiser.flow.erasure_subject import spelled
from wegweiser.resolve.directory import Directory
from wegweiser.resolve.judgements import standing
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.identity import Identifier, kind_of
from wegweiser.terms.judgement import Judgement, JudgementKind
from wegweiser.terms.lineage import Waiting
from wegweiser.terms.wrong import Wrong, wrong

Pair = tuple[Identifier, Identifier]
MOST_PAIRS = 1_000
LONGEST_REASON = 500
GROUP = "group_id"
OF_PAIRS: tuple[JudgementKind, ...] = ("link", "cut", "separate")


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be said, as it was typed: pairs of identifiers, or one name, or an operation.

    `position` is the log position after which evidence does not count (restore).
    """

    kind: JudgementKind
    pairs: tuple[tuple[str, str], ...] = ()
    name: str = ""
    hold: bool = True
    position: int | None = None
    undoes: str = ""
    reason: str = ""


def effective(said: Sequence[Judgement]) -> dict[str, str]:
    """Give for every statement, oldest first, the operation that undid it, empty if it counts.

    >>> cut = Judgement(operation_id="op_1", kind="cut", at=1, by="ada")
    >>> undo = Judgement(operation_id="op_2", kind="undo", at=2, by="ada", undoes="op_1")
    >>> again = Judgement(operation_id="op_3", kind="undo", at=3, by="ada", undoes="op_2")
    >>> effective([cut, undo]), effective([cut, undo, again])
    ({'op_2': '', 'op_1': 'op_2'}, {'op_3': '', 'op_2': 'op_3', 'op_1': ''})
    """
    found: dict[str, str] = {}
    undone: dict[str, str] = {}
    # What undoes a statement was said later, so that the newest are certain first.
    for one in reversed(said):
        found[one.operation_id] = undone.get(one.operation_id, "")
        if one.kind == "undo" and not found[one.operation_id]:
            undone[one.undoes] = one.operation_id
    return found


def judgement_of(
    wish: Wish,
    directory: Directory,
    said: Sequence[Judgement],
    operation_id: str,
    at: int,
    by: str,
    head: int,
) -> Judgement:
    """Make a statement of a wish; raises InputRefused or NotFound for what cannot be said.

    `said` are all statements so far, oldest first; `head` is the newest log position.
    """
    if len(wish.reason) > LONGEST_REASON:
        raise _bad(wrong("long_reason", most=LONGEST_REASON), "reason")
    stated = Judgement(
        operation_id=operation_id,
        kind=wish.kind,
        at=at,
        by=by,
        hold=wish.hold,
        reason=wish.reason,
    )
    if wish.kind in OF_PAIRS:
        return msgspec.structs.replace(stated, pairs=_pairs(wish, directory, said))
    if wish.kind == "undo":
        undone = _undone(wish.undoes, said)
        names = tuple(sorted(undone.named))
        return msgspec.structs.replace(stated, undoes=undone.operation_id, names=names)
    name = _known(wish.name, directory)
    names = tuple(sorted({name, *directory.component(name)}))
    if wish.kind == "release":
        held = waiting_for(directory, frozenset(names))
        ends = {end for one in held for end in one.evidence.pair}
        return msgspec.structs.replace(stated, names=tuple(sorted({*names, *ends})))
    if wish.position is None or not 0 <= wish.position < head:
        raise _bad(wrong("log_position", last=head - 1), "position")
    return msgspec.structs.replace(stated, names=names, position=wish.position)


def waiting_for(directory: Directory, names: frozenset[Identifier]) -> list[Waiting]:
    """Give the evidence that waits for a release of some identifiers."""
    return [one for one in directory.frozen() if not names.isdisjoint(one.evidence.pair)]


def waiting_names(directory: Directory) -> frozenset[Identifier]:
    """Give the identifiers of all evidence that waits for an operator."""
    return frozenset(name for one in directory.frozen() for name in one.evidence.pair)


def _pairs(wish: Wish, directory: Directory, said: Sequence[Judgement]) -> tuple[Pair, ...]:
    if not 1 <= len(wish.pairs) <= MOST_PAIRS:
        raise _bad(wrong("pairs_between", most=MOST_PAIRS), "pairs")
    found: list[Pair] = []
    for a, b in wish.pairs:
        pair = _in_order(_known(a, directory), _known(b, directory))
        if pair[0] == pair[1]:
            raise _bad(wrong("same_identifier"), "pairs")
        _require_same_side(wish.kind, pair)
        if wish.kind == "cut" and GROUP not in map(kind_of, pair):
            _require_evidence(directory, pair, said)
        found.append(pair)
    return tuple(dict.fromkeys(found))


def _require_same_side(kind: JudgementKind, pair: Pair) -> None:
    groups = sum(kind_of(name) == GROUP for name in pair)
    if groups == 1 or (groups == 2 and kind == "separate"):
        raise _bad(wrong("account_to_account"), "pairs")


def _require_evidence(directory: Directory, pair: Pair, said: Sequence[Judgement]) -> None:
    linked = any(one.kind == "link" and pair in one.pairs for one in standing(said))
    told = (item.pair == pair for item in directory.evidence_about([pair[0]]))
    if not linked and not any(told):
        raise InputRefused(
            "no_evidence",
            wrong("no_evidence", a=str(pair[0]), b=str(pair[1])),
            409,
            "pairs",
        )


def _undone(operation_id: str, said: Sequence[Judgement]) -> Judgement:
    found = next((one for one in said if one.operation_id == operation_id), None)
    if found is None:
        raise NotFound(wrong("no_operation", name=repr(operation_id[:100])))
    by = effective(said)[operation_id]
    if by:
        raise InputRefused(
            "already_undone", wrong("already_undone", operation=operation_id, by=by), 409
        )
    return found


def _known(name: str, directory: Directory) -> Identifier:
    """Give an identifier in its one spelling; raises where it is none, or nobody ever named it."""
    found = spelled(name) if ":" in name else ""
    if not found or kind_of(found) == "person_id":
        raise _bad(wrong("written_identifier", name=repr(name[:100])), "pairs")
    if not directory.stored_at(found) and not any(directory.evidence_about([found])):
        raise NotFound(wrong("nothing_known", name=name[:300]))
    return found


def _in_order(a: Identifier, b: Identifier) -> Pair:
    return (a, b) if a.encode() <= b.encode() else (b, a)


def pairs_from(one: Identifier, others: Iterable[Identifier]) -> tuple[Pair, ...]:
    """Pair one identifier with each of the others.

    >>> pairs_from("email:b", ["email:b", "user_id:u"])
    (('email:b', 'user_id:u'),)
    """
    return tuple((one, other) for other in others if other != one)


def _bad(message: Wrong, field: str) -> InputRefused:
    return InputRefused("bad_input", message, 422, field)
