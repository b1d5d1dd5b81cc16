"""What the price of attention is made of: messages that won a place, and none besides."""

from statistics import median

from tests.decide.world import ask, message, policy
from wegweiser.decide.attention import Use, next_price, worth_of_winners
from wegweiser.terms.decision import Ask
from wegweiser.terms.message import Variant

CHEAP = Variant("v1", "web")
DEAR = Variant("v1", "email", cost=0.99)
# The mail is worth 1 and costs about as much, the card is worth a hundred times that.
RULES = policy(
    message("mail", value=50.0, variants=(DEAR,)), message("card", value=5_000.0, variants=(CHEAP,))
)


def test_only_what_was_chosen_at_the_place_itself_has_a_worth() -> None:
    found: list[float] = []
    silent = 0
    for number in range(60):
        decision = ask(
            RULES, request=f"r{number}", placements=(Ask("newsletter"), Ask("home.hero"))
        )
        sent = [item for item in decision.items if item.placement == "newsletter"]
        worth = worth_of_winners(decision, "newsletter")
        assert len(worth) == len(sent)
        silent += not sent
        found += worth
    assert silent
    assert found
    # 50 · 0.02 - 0.99, whatever was drawn beside it.
    assert {round(one, 6) for one in found} == {0.01}
    assert next_price(1.0, Use([2.0], found), 5.0) == 1.0 + 0.1 * median(found)


def test_where_nothing_won_the_price_stays() -> None:
    dear = message("mail", variants=(Variant("v1", "email", cost=0.9),))
    decision = ask(policy(dear), placements=(Ask("newsletter"),))
    assert (decision.items, worth_of_winners(decision, "newsletter")) == ((), [])
    assert next_price(1.0, Use([0.0], ()), 5.0) == 1.0
