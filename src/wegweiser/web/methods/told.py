"""The form of a method in words, and what many of them share."""

import msgspec

from wegweiser.web.text import mark


class Told(msgspec.Struct, frozen=True):
    """What is computed, what that assumes, and when it gives no figure; all for the catalogue."""

    how: str
    assumes: str
    refuses: str


ASSUMES_FULL = mark(
    "Nothing: everything stored is counted, without sampling; events of bots stay out."
)
ASSUMES_ALL = mark("Nothing: everything stored is counted, those of bots as well.")
ASSUMES_SHARE = mark(
    "People are independent of each other; the interval is Wilson's and stays honest for small "
    "counts."
)
ASSUMES_OBSERVED = mark("Who did this differs from who did not; nothing here says what caused it.")
ASSUMES_RECORD = mark(
    "Only that decisions are on record; those of one person are not independent, so that "
    "intervals are a little too narrow."
)
ASSUMES_LOT = mark(
    "Everybody was divided by lot and stays in their group; people do not influence each other "
    "across groups."
)
ASSUMES_LEDGER = mark(
    "Entries are complete and told once; foreign money counts at the rate of its day."
)
ASSUMES_ALIKE = mark(
    "Who is compared is alike in everything that is looked at; what nobody recorded can still be "
    "the cause."
)
ASSUMES_TOMORROW = mark(
    "Customers go on as they did; the model is held against a time it has not seen."
)
ASSUMES_REGIONS = mark(
    "The regions for comparison would have gone on like those with the test, and nothing else "
    "changed in them."
)
ASSUMES_MEDIA = mark(
    "The form of the model holds, and nothing left out moved together with the media; its prior "
    "is told."
)
ASSUMES_PAST = mark("What was usual stays usual: weekday, season and trend of the past go on.")
ASSUMES_COSTS = mark(
    "Costs are imported and their rules of assignment are right; the rule stands beside every "
    "figure."
)
ASSUMES_RANK = mark("Nothing about the future: people are ranked by what they did.")

REFUSES_EVENT = mark("It gives no figure when nothing of the kind arrived in the period.")
REFUSES_THIRTY = mark("It gives no rate below 30 people or decisions.")
REFUSES_GATES = mark(
    "It gives no figure while the split is not as planned, windows are open, or there are too few"
    " people or goals; it says what is missing and when it will be there."
)
REFUSES_NEVER = mark("It refuses nothing; what is unknown is named as such.")
REFUSES_ORDERS = mark(
    "It gives no figure below the number of customers with repeat orders that the model needs, "
    "nor without an error on held-back data."
)
REFUSES_SPLIT = mark("It gives no share without goals that were reached in the period.")
REFUSES_TESTS = mark(
    "It advises nothing where no test has told what something brings; then it names the test to "
    "run."
)
REFUSES_WEEKS = mark(
    "It gives no figure for what never varied, nor where the past is told worse than by last "
    "year's weeks."
)
REFUSES_DAYS = mark("It says nothing before enough days are known to tell what is usual.")
REFUSES_GROUPS = mark("It names no group that does not hold when it is drawn again.")
REFUSES_COSTLESS = mark(
    "It gives no profit without costs; then only revenue is told, and said to be that."
)
