"""Whose arm counts: after a merge that of the unit that was decided about first."""

from collections.abc import Callable, Sequence

from wegweiser.decide.facts import Facts
from wegweiser.decide.holdout import epoch_began
from wegweiser.flow.decisions import DecisionBook
from wegweiser.resolve.directory import Directory
from wegweiser.terms.policy import Arms


class ArmUnits:
    """Finds the units that were merged into one, and which of them was triggered first."""

    def __init__(
        self,
        directory: Directory,
        decisions: DecisionBook,
        leaves_of: Callable[[str], Sequence[str]],
    ):
        """`leaves_of` names the leaves that make up a person."""
        self._directory = directory
        self._leaves_of = leaves_of
        self._triggers = decisions.first_triggers

    def of(self, facts: Facts, arms: Arms, at: int) -> str:
        """Give the unit whose arm counts where that is another one than now; else "".

        A larger unit has an arm of its own: what was decided about a device is not asked when it
        became a person, nor what was decided about a person who joined an account. `at` in ms.
        """
        names = self._names(facts)
        if not names:
            return ""
        first = self._triggers.first(names, epoch_began(arms, at))
        return "" if first is None or first.unit_id == facts.unit_id else first.unit_id

    def _names(self, facts: Facts) -> Sequence[str]:
        if facts.unit_kind == "account":
            together = self._directory.account_book.together(facts.group_id)
            return [f"group_id:{one}" for one in together] if len(together) > 1 else ()
        if not facts.person_id:
            return ()
        return self._leaves_of(facts.person_id)
