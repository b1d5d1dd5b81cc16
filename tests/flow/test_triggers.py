"""Which decisions are a trigger of a test: the same in every arm, whatever was kept back."""

import msgspec
import pytest

from tests.decide.world import DAY, HERO, NO_ARMS, NOW, ask, message, person, policy
from wegweiser.decide.policy import Policy
from wegweiser.flow.archive_rows import Judged, decision_rows
from wegweiser.terms.decision import Ask, Decision
from wegweiser.terms.message import Placement, Variant
from wegweiser.terms.policy import Arms
from wegweiser.terms.record import Decided, Verdict

HELD_OUT = Arms(nothing=1.0, random=0.0)
BANNER = Placement("banner", "app", fallback="plain-app")


def triggers(decision: Decision) -> bool:
    rows = decision_rows(
        [Judged(position=1, record=Decided(decision=decision), verdict=Verdict(position=1))]
    ).to_pylist()
    (is_fallback,) = {row["fallback"] for row in rows}
    return not is_fallback


def rules(arms: Arms, **fields: object) -> Policy:
    """A hero whose only message is over, with a fallback; a banner with one or without."""
    return policy(
        message("over", ends_at=NOW - DAY),
        message("plain", fallback_only=True),
        message("live", variants=(Variant("v1", "app", cost=0.02),)),
        message("plain-app", channel="app", fallback_only=True),
        placements=(msgspec.structs.replace(HERO, fallback="plain"), BANNER),
        arms=arms,
        **fields,
    )


@pytest.mark.parametrize("places", [("home.hero",), ("home.hero", "banner"), ("banner",)])
def test_a_held_out_unit_is_triggered_by_what_triggers_all_others(places: tuple[str, ...]) -> None:
    asks = tuple(Ask(place) for place in places)
    seen = set()
    for number in range(60):
        shown, held = (
            ask(rules(arms), person(), f"r{number}", asks) for arms in (NO_ARMS, HELD_OUT)
        )
        assert (shown.arm, held.arm, held.items) == ("main", "nothing", ())
        assert triggers(held) == triggers(shown), (shown, held)
        seen.add(triggers(held))
    # Of the banner sometimes the message is drawn, and sometimes nothing.
    both, no, yes = {True, False}, {False}, {True}
    assert seen == {"home.hero": no, "banner": yes}.get("+".join(places), both)


def test_what_nobody_would_have_got_is_a_trigger_everywhere() -> None:
    unlawful = person(consent={})
    for arms in (NO_ARMS, HELD_OUT):
        found = ask(rules(arms), unlawful)
        assert (found.items, found.flags, triggers(found)) == ((), (), True)


def test_decisions_whose_arms_could_not_be_read_are_in_no_report_of_arms() -> None:
    found = ask(rules(Arms(nothing=float("nan"))), placements=(Ask("banner"),))
    assert (found.arm, found.flags, triggers(found)) == ("main", ("arms_unreadable",), False)
