"""The routes that decide, and take what came of it."""

from wegweiser.web.examples import (
    DECIDE,
    DECIDED,
    OUTCOMES,
    REPORTED,
    SIMULATED,
    SIMULATION,
)
from wegweiser.web.reference.documented import ANY_KEY, READ_KEY, Documented, Family
from wegweiser.web.reference.shapes import (
    Decided,
    Outcome,
    OutcomeStatus,
    Question,
    Simulated,
    SimulationWish,
)

FAMILY = Family(
    "Decisions and outcomes",
    "A public key may ask for its own visitor (`subject.device`) with mode `serve` only, and does\n"
    "not see `pi`, `how`, `arm` and `model`. The same `request_id` with the same body gives the\n"
    "same answer for 30 days; with another body 409.",
    (
        Documented(
            "POST",
            ("/v1/decide",),
            "Chooses what to show in one or more placements. `mode` is `serve`, `explain` (adds"
            " the reasons for every candidate) or `simulate` (nothing is kept; `as_of` asks about"
            ' another moment). A body has up to 64 KiB. "Nothing" is a decision as well: `items` is'
            " empty then. `track` tells its outcomes without a key; with `stream` true the answer"
            " has a `stream_url`, where for an hour its visitor is told what has changed.",
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
            " `delivered`, `bounced`, `complained`, `done` or `goal`. Each gets a status of its"
            " own: `stored`, `known`, `waiting` (its decision is not known yet), `orphan` (not"
            " after a day either) or `refused`. Without a secret key only the first four kinds may"
            " be reported; a token of a decision (`track`) as bearer token, or as `token` beside"
            " `outcomes`, stands for a key and permits the outcomes of that decision.",
            ANY_KEY,
            OUTCOMES,
            REPORTED,
            207,
            takes=list[Outcome],
            gives=list[OutcomeStatus],
        ),
        Documented(
            "POST",
            ("/v1/simulations",),
            "Holds a draft against past decisions: what it would have chosen and earned, or that"
            " nobody can tell. `files` are documents as `apply` takes them; without any, today's"
            " rules are asked. `from` and `to` are ISO dates (30 days up to now), `metric` is"
            " `engaged` or the key of a goal. `messages` tell counts and reach, `budget` the"
            " contacts by channel; with a `segment` the answer says as well what the draft would"
            " say now to its members. Nothing is published, shown or counted. The key needs the"
            " scope `export`.",
            READ_KEY,
            SIMULATION,
            SIMULATED,
            takes=SimulationWish,
            gives=Simulated,
        ),
    ),
)
