"""Verdicts written down: every row of the answer, read back as it was."""

from tests.measure.asking import AS_OF, ask
from tests.measure.verdict_world import campaigns
from wegweiser.adapters.memory import MemoryStore
from wegweiser.flow.kept_advice import keep_verdicts, kept_verdicts

OPTIONS = {"shares": "main=1,nothing=1", "goal": "sale", "margin": "20"}


def test_advice_is_kept_with_what_it_rests_on() -> None:
    campaigns({"guide": 0.15, "nagging": -0.09}, 3, 1_000)
    store = MemoryStore()
    assert keep_verdicts(store, ask("verdicts", OPTIONS), OPTIONS) == 2
    kept = {one.thing: one for one in kept_verdicts(store)}
    assert {name: one.advice for name, one in kept.items()} == {"guide": "keep", "nagging": "drop"}
    assert kept["guide"].at == AS_OF
    assert kept["guide"].options == OPTIONS
    assert kept["guide"].profit_low is not None
    assert kept["guide"].profit_low > 0
    assert len(kept["guide"].question) == 64
