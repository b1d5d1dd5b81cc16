"""The question behind `allocate.effort`: sums of a test by group, channel and message."""

from wegweiser.measure.arms import placed_steps
from wegweiser.measure.form import Asked
from wegweiser.measure.lift_question import sum_select, sum_steps
from wegweiser.measure.lift_segments_question import bound_by, segment_steps
from wegweiser.measure.verdict.question import things_steps
from wegweiser.terms.result import Question

ALL = "(all)"
# What effort is spent on; channel and message are split by a sign that no name holds.
SIGN = "\x1f"
WHAT = {
    "message": "c.channel || chr(31) || c.message",
    "channel": "c.channel || chr(31) || '(all)'",
    "all": "'(all)' || chr(31) || '(all)'",
}
MORE = ("followed", "contacts", "cost", "costed")


def question(asked: Asked) -> Question:
    """Ask, per group and first choice, for the sums of `lift`, and for contacts and their cost.

    The group is what a unit was before the test began; the first choice is drawn before anything
    was shown, so that arms are alike within each group and choice.
    """
    by = asked.text("group")
    return asked.question(
        f"""
{placed_steps()},
{_segments(by)},
{things_steps(WHAT[asked.text("what")])},
grouped as (
  select b.*, s.segment from begun b
  join segmented s on s.unit = b.unit and s.unit_kind = b.unit_kind),
{sum_steps(asked.text("metric"), ("segment", "thing"), "grouped", MORE)}
{sum_select(("segment", "thing"), MORE)}
order by segment, thing, arm, unit_kind
""",
        **bound_by(by),
    )


def _segments(by: str) -> str:
    if by:
        return segment_steps(by)
    return f"segmented as (select *, '{ALL}' as segment from placed)"
