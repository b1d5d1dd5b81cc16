"""The routes that decide, and take what came of it."""

from wegweiser.web.examples import DECIDE, DECIDED, OUTCOMES, REPORTED
from wegweiser.web.reference.documented import ANY_KEY, Documented, Family
from wegweiser.web.reference.shapes import Decided, Outcome, OutcomeStatus, Question

FAMILY = Family(
    "Decisions and outcomes",
    "A public key may ask for its own visitor (`subject.device`) with mode `serve` only, and does\n"
    "not see `pi`, `how`, `arm` and `model`. The same `request_id` with the same body gives the\n"
    "same answer for ever; with another body 409.",
    (
        Documented(
            "POST",
            ("/v1/decide",),
            "Chooses what to show in one or more placements. `mode` is `serve`, `explain` (adds"
            " the reasons for every candidate) or `simulate` (nothing is kept). A body has up to"
            ' 64 KiB. "Nothing" is a decision as well: `items` is empty then.',
            ANY_KEY,
            DECIDE,
            DECIDED,
            takes=Question,
            gives=Decided,
            refusals=(404, 409),
        ),
        Documented(
            "POST",
            ("/v1/outcomes",),
            "Takes up to 1,000 outcomes, of kind `seen`, `click`, `dwell`, `declined`,"
            " `delivered`, `bounced`, `done` or `goal`. Each gets a status of its own: `stored`,"
            " `known`, `waiting` (its decision is not known yet) or `refused`.",
            ANY_KEY,
            OUTCOMES,
            REPORTED,
            207,
            takes=list[Outcome],
            gives=list[OutcomeStatus],
        ),
    ),
)
