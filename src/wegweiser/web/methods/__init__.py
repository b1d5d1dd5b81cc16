"""How each measure is computed, in the language of the reader."""

from wegweiser.web.methods.counted import COUNTED
from wegweiser.web.methods.modelled import MODELLED
from wegweiser.web.methods.money import MONEY
from wegweiser.web.methods.tested import TESTED
from wegweiser.web.methods.told import Told

TOLD: dict[str, Told] = {**COUNTED, **MONEY, **TESTED, **MODELLED}
