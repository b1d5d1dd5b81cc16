"""The routes for machines that watch over the server, and for the command line."""

from wegweiser.web.examples import ADMIN_ANSWER
from wegweiser.web.reference.documented import NO_KEY, TOKEN, Documented, Family
from wegweiser.web.reference.shapes import Health
from wegweiser.workspace.operations import OPERATIONS

EXPORTS = (
    "events",
    "persons",
    "accounts",
    "decisions",
    "outcomes",
    "quarantine",
    "profiles",
    "decision_log",
)
_OPERATIONS = ", ".join(f"`{name}`" for name in OPERATIONS)

FAMILY = Family(
    "Operation",
    "For machines that watch over the server, and for the command line.",
    (
        Documented(
            "GET",
            ("/healthz",),
            "Says that the process turns.",
            NO_KEY,
            "",
            '{"status":"ok"}',
            gives=Health,
        ),
        Documented(
            "GET",
            ("/readyz",),
            "Says whether something can be stored now; 503 with the reason when not.",
            NO_KEY,
            "",
            '{"status":"ok"}',
            gives=Health,
            refusals=(503,),
        ),
        Documented(
            "GET",
            ("/v1/openapi.json",),
            "Gives this reference as an OpenAPI 3.1 document.",
            NO_KEY,
        ),
        Documented(
            "GET",
            ("/metrics",),
            "Gives counts as Prometheus text, to callers on this machine or with an admin key.",
            NO_KEY,
            media="text/plain",
            refusals=(401, 403),
        ),
        Documented(
            "POST",
            ("/v1/admin/{operation}",),
            f"Runs an operation of the command line: {_OPERATIONS}. Profiles and accounts need the"
            " scope `profile:read`, decisions of the past too, `decide` the scope of its name,"
            " `load` and `outcome`"
            " `ingest:trusted` (`load` with a key takes the key's own source only), `access`,"
            " `measure`, `counts`, `segment_members`, `quarantine_list` and `quarantine_show`"
            " `export`, `forget`, the suppression list and regulations `erase`, the release of an"
            " access `export`, what begins with `identity_` `identity` (but `identity_show`,"
            " `identity_why` and `message` `profile:read`), all others `admin`; no key can"
            " run `new_password` or `source_user_hash`, or hand on scopes that it lacks.",
            TOKEN,
            "{}",
            ADMIN_ANSWER,
            200,
            ("/v1/admin/doctor",),
            choices={"operation": tuple(OPERATIONS)},
            refusals=(422,),
        ),
        Documented(
            "GET",
            ("/v1/admin/export/{kind}",),
            "Streams `events`, `persons`, `accounts`, `decisions`, `outcomes` or `quarantine` as"
            " NDJSON; `profiles` as a table (`?of=persons|accounts&format=jsonl|csv|parquet"
            "&segment=KEY&purpose=PURPOSE`); `decision_log` as a log to learn from"
            " (`?format=dsjson|ccb|csv|parquet&since=&until=&metric=`). A key needs the scope"
            " `export`.",
            TOKEN,
            tries=("/v1/admin/export/events",),
            media="application/x-ndjson",
            choices={"kind": EXPORTS},
            refusals=(429,),
        ),
    ),
)
