"""Fields that must not decide do not decide by way of a segment either."""

from collections.abc import Iterator, Mapping

from wegweiser.decide.attributes import Path, touches, withheld
from wegweiser.decide.document import Documents
from wegweiser.flow.segment_named import named_in
from wegweiser.flow.segment_rules import KIND, PROFILE, Segment, read_segment
from wegweiser.terms.errors import DocumentRefused, InputRefused
from wegweiser.terms.policy import Bundle
from wegweiser.terms.wrong import wrong


def withheld_segments(
    bundle: Bundle, documents: Documents, declared: Mapping[str, Segment]
) -> list[InputRefused]:
    """Refuse rules of decisions that ask for a segment whose rule reads what must not decide.

    `bundle` is what would be published; segments are those that are `declared` with those of the
    documents laid over them. A fault stands at the document that brings it about.
    """
    held = sorted(withheld(bundle))
    if not held:
        return []
    segments = {**declared, **_written(documents)}
    places = {one.name: (one.file, one.line) for one in documents.objects}
    places |= {one.name: (one.file, one.line) for one in documents.loose}
    found: list[InputRefused] = []
    for name, when in _conditions(bundle):
        for key in sorted(named_in(when, segments)):
            reads = _reads(key, segments, set())
            for path in (path for path in held if any(touches(read, path) for read in reads)):
                field = ".".join(path)
                told = wrong("withheld_segment", rule=repr(when), segment=key, field=field)
                causes = (name, f"{KIND} {key}", f"attribute {field}")
                place = next((places[one] for one in causes if one in places), None)
                reason = wrong("at_start", name=name, reason=told)
                if place is None:
                    found.append(InputRefused("bad_bundle", reason, 422))
                else:
                    file, line = place
                    found.append(DocumentRefused(file, line, reason))
    return found


def _written(documents: Documents) -> dict[str, Segment]:
    """Read the segments of documents; what is wrong with one is told elsewhere."""
    found = {}
    for one in documents.of_kind(KIND):
        try:
            found[one.key] = read_segment(one.fields, one.file, one.line)
        except InputRefused:
            continue
    return found


def _conditions(bundle: Bundle) -> Iterator[tuple[str, str]]:
    for message in bundle.messages:
        for rule in message.rules:
            yield f"message {message.key}", rule.when
    for factor in bundle.factors:
        yield f"factor {factor.key}", factor.when


def _reads(key: str, segments: Mapping[str, Segment], seen: set[str]) -> set[Path]:
    """Give what a segment reads of a profile, by way of other segments too."""
    segment = segments.get(key)
    if segment is None or key in seen:
        return set()
    seen.add(key)
    own = {
        (segment.of, *path[1:])
        for path in segment.rule.key_paths
        if path[0] in (PROFILE, segment.of)
    }
    return own.union(*(_reads(other, segments, seen) for other in segment.segments))
