"""The door to logs of other systems: what another policy would have earned there."""

from collections.abc import Iterable

from wegweiser.measure.dsjson import choices_of, read_log, targets_of
from wegweiser.measure.off_policy_answer import Shift, told
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import JsonObject
from wegweiser.workspace.arguments import plain


def off_policy(
    lines: Iterable[bytes], policy: str = "uniform", stated: Iterable[bytes] | None = None
) -> JsonObject:
    """Estimate what a policy would have earned from a dsjson log with exact probabilities.

    `policy` is "uniform", "logged" or "always:ACTION"; lines in `stated` tell by their `p` what
    another policy would do at the same events. The reward is minus the cost. Raises InputRefused
    for a line or policy that cannot be read; a log that says too little gives a refusal instead.
    """
    logged, unlabelled = read_log(lines)
    if not logged:
        raise InputRefused("empty_log", "This log holds no labelled decision.", 422)
    others = read_log(stated)[0] if stated is not None else []
    by_event = {(one.event_id, one.position): one.chances for one in others}
    name = policy if stated is None else "stated"
    targets = targets_of(logged, name, by_event)
    choices, rows = choices_of(logged, targets)
    counts: dict[str, int] = {}
    earned: dict[str, float] = {}
    expected: dict[str, float] = {}
    for one, target in zip(logged, targets, strict=True):
        counts[one.chosen] = counts.get(one.chosen, 0) + 1
        earned[one.chosen] = earned.get(one.chosen, 0.0) + one.reward
        for action, chance in target.items():
            expected[action] = expected.get(action, 0.0) + chance
    shifts = [
        Shift(
            action,
            counts.get(action, 0),
            expected.get(action, 0.0),
            earned[action] / counts[action] if action in counts else None,
        )
        for action in sorted(counts.keys() | expected.keys())
    ]
    found = plain(
        told(
            choices=choices,
            rows=rows,
            metric="reward",
            left_out={"unlabelled": unlabelled} if unlabelled else {},
            unread=(),
            messages=tuple(shifts),
        )
    )
    assert isinstance(found, dict)
    return {"policy": name, **found}
