"""Why identifiers are, or are not, one person: each pair with its event, rule and a way out."""

from collections.abc import Mapping, Sequence, Set

from wegweiser.flow.callers import Callers
from wegweiser.flow.identity_desk import IdentityDesk
from wegweiser.flow.identity_statements import waiting_names
from wegweiser.flow.refusal_words import FLIPS, RULES
from wegweiser.flow.unify import Unifier
from wegweiser.resolve.edges import in_order
from wegweiser.resolve.judgements import OPERATOR
from wegweiser.resolve.leaf import CLAIM, IN_SESSION, names_of_leaf
from wegweiser.resolve.rulebook import Rulebook
from wegweiser.terms.decision import LEAF_ONLY
from wegweiser.terms.errors import NotFound
from wegweiser.terms.identity import Evidence, Identifier, Leaf, Refusal, identifier
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.judgement import Judgement
from wegweiser.terms.source import Trust
from wegweiser.terms.wrong import wrong

REFUSALS_TOLD = 50
OPERATOR_NAME = "operator"


class IdentityReader:
    """Tells what is known of a person's identity; changes nothing."""

    def __init__(self, unifier: Unifier, desk: IdentityDesk, callers: Callers):
        self._unifier = unifier
        self._desk = desk
        self._callers = callers

    def of_person(self, person_id: str) -> JsonObject:
        """Give the identifiers of a person with class, status and times, and its older ids."""
        directory = self._unifier.directory
        members = directory.members(person_id)
        ids = {own for name in members for own in directory.ids_of(name)}
        redirects = [one for one in sorted(ids) if directory.find(f"person_id:{one}") == person_id]
        leaves = {share.leaf for share in directory.leaves_of(person_id)}
        book = Rulebook(directory.rules)
        shown: list[Json] = [
            {
                **self._identifier(one.type, one.value, leaves),
                "class": book.kind(one.type).identifier_class,
                "status": one.status,
            }
            for one in directory.identifiers_of(person_id)
        ]
        with_events = sum(not leaf.startswith((CLAIM, IN_SESSION)) for leaf in leaves)
        return {
            "person_id": person_id,
            "redirects": [one for one in redirects if one != person_id],
            "identifiers": shown,
            "merges": max(0, with_events - 1),
            "frozen": not waiting_names(directory).isdisjoint(members),
            "resolution": LEAF_ONLY if directory.is_settling(person_id) else "full",
            "rules_version": directory.rules.version,
            "operations": [*self._desk.operations_of(person_id)],
        }

    def _identifier(self, kind: str, value: str, leaves: Set[Leaf]) -> JsonObject:
        name = identifier(kind, value)
        directory = self._unifier.directory
        seen = [item.at for item in directory.evidence_about([name])]
        for leaf in _with_sessions(name, leaves):
            for _, _, cell in self._unifier.shelf.cells(leaf):
                if cell.newest_at >= 0:
                    seen += [min(cell.first_seen, cell.newest_at), cell.newest_at]
        return {
            "type": kind,
            "id": value,
            "first_seen": format_instant(min(seen)) if seen else None,
            "last_seen": format_instant(max(seen)) if seen else None,
        }

    def evidence(self, a: Identifier, b: Identifier) -> JsonObject:
        """Give the path of accepted pairs between two identifiers, or the refused pairs.

        Raises NotFound where nothing is known of one of them.
        """
        directory = self._unifier.directory
        for name in (a, b):
            if not directory.stored_at(name) and not any(directory.evidence_about([name])):
                raise NotFound(wrong("nothing_known", name=name[:300]))
        told = directory.why(a, b)
        said = self._desk.said()
        path: list[Json] = [self._record(item) for item in told.path]
        refused: list[Json] = [self._refused(one, said) for one in told.refusals[:REFUSALS_TOLD]]
        about: JsonObject = {
            "a": a,
            "b": b,
            "one_person": told.joined,
            "path": path,
            "refused": refused,
            "person_ids": [directory.find(a), directory.find(b)],
            "rules_version": directory.rules.version,
        }
        if not told.joined:
            about["nearest_change"] = self._nearest(a, b, told.refusals)
        return about

    def _nearest(self, a: Identifier, b: Identifier, refusals: Sequence[Refusal]) -> JsonObject:
        """Give what would make them one person, tried where it can be tried."""
        linked = Judgement(
            operation_id="op_tried", kind="link", at=0, by="", pairs=(in_order(a, b),)
        )
        would = self._unifier.directory.supposing(judgements=(linked,)).why(a, b).joined
        find = self._unifier.directory.find
        sides = {find(a), find(b)}
        # Whatever was refused elsewhere would not join these two.
        direct = [one for one in refusals if set(map(find, one.evidence.pair)) == sides]
        if direct:
            reason = direct[0].reason
            return {"change": FLIPS.get(reason, ""), "reason": reason, "link_would_join": would}
        told = "No event ties them. A sign-in on the same device, an alias or a link would."
        return {"change": told, "reason": "no_evidence", "link_would_join": would}

    def _refused(self, one: Refusal, said: Sequence[Judgement]) -> JsonObject:
        reason = one.reason
        by = [
            op.operation_id
            for op in said
            if one.evidence.pair in {in_order(*pair) for pair in op.pairs}
        ]
        operations: list[Json] = [*by]
        return {
            **self._record(one.evidence),
            "reason": reason,
            "rule": RULES.get(reason, ""),
            "nearest_change": FLIPS.get(reason, ""),
            "operations": operations,
        }

    def _record(self, item: Evidence) -> JsonObject:
        stored_at = self._desk.stored_at(item.position) if item.position else None
        source = self._sources().get(item.source_id, item.source_id)
        return {
            "a": item.a,
            "b": item.b,
            "event_id": item.message_id,
            "source": OPERATOR_NAME if item.source_id == OPERATOR else source,
            "trust": item.trust.name.lower(),
            "proof": "ok" if item.trust == Trust.VERIFIED else "none",
            "event_time": format_instant(item.at),
            "stored_time": None if stored_at is None else format_instant(stored_at),
            "position": item.position,
        }

    def _sources(self) -> Mapping[str, str]:
        return {source.source_id: source.name for source in self._callers.sources()}


def _with_sessions(name: Identifier, leaves: Set[Leaf]) -> list[Leaf]:
    """Give an identifier's leaf with those of its sessions."""
    sessions = (leaf for leaf in leaves if leaf.startswith(IN_SESSION))
    return [name, *(leaf for leaf in sessions if names_of_leaf(leaf) == (name,))]
