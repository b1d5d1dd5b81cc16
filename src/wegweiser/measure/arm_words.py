"""How an arm of a test is called in a sentence."""

from wegweiser.measure.words import Sentence, both

_IN_ARM = {
    "nothing": both("in the control group", "In der Kontrollgruppe"),
    "main": both("among the chosen messages", "Bei den gewählten Botschaften"),
    "random": both("among the random messages", "Bei den zufälligen Botschaften"),
}


def in_arm(name: str) -> Sentence:
    """Say where somebody is who was drawn into an arm; the German words begin a sentence.

    >>> in_arm("nothing")["en"], in_arm("blue")["de"]
    ('in the control group', 'In der Gruppe blue')
    """
    return _IN_ARM.get(name) or both(f"in the arm {name}", f"In der Gruppe {name}")
