"""The way to a stop of the demo's story: found anew each time, whatever was joined meanwhile."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wegweiser.terms.errors import NotFound
from wegweiser.terms.identity import value_of
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import account_path, person_path
from wegweiser.web.pages.frame.story import kept
from wegweiser.web.text import LANGUAGES
from wegweiser.workspace.demo_story import Stop

# A way is long: the whole half year of the demo, not its last month.
ALL_TIME = "period=180d"
# Short enough for every account to have had it, long enough for what a message changes.
WINDOW_DAYS = 14
GOAL = "demo-booked"


async def stop(desk: Desk, request: Request) -> Response:
    """Lead to the page of a stop."""
    written = request.path_params["number"]
    number = int(written[:3]) if written.isascii() and written.isdigit() else 0
    if not 1 <= number <= len(desk.story):
        raise NotFound(desk.reader(request).say("There is no such stop."))
    path = _path(desk, desk.story[number - 1])
    if not path:
        raise NotFound(desk.reader(request).say("What this stop shows is no longer there."))
    address = kept(path, str(number))
    # Whoever asked in a language of its own goes on in it.
    spoken = request.query_params.get("lang", "")
    return RedirectResponse(f"{address}&lang={spoken}" if spoken in LANGUAGES else address, 303)


def _path(desk: Desk, one: Stop) -> str:
    """Give the page of a stop; empty where its subject is gone."""
    if one.key == "what_works":
        plan = f"&planned_units={one.planned_accounts}" if one.planned_accounts else ""
        return f"/measure/one/lift?goal={GOAL}&window_days={WINDOW_DAYS}{plan}"
    if one.key == "early_trend":
        return "/measure/watch"
    views = desk.site.views
    if one.key == "went_back":
        group_id = views.find_account(one.subjects[0])
        return "" if group_id is None else account_path(group_id)
    person_id = views.find_person(one.subjects[0])
    if person_id is None:
        return ""
    if one.key == "why":
        return _decision(desk, person_id, value_of(one.subjects[1]) or one.subjects[1])
    return f"{person_path(person_id)}?{ALL_TIME}"


def _decision(desk: Desk, person_id: str, message: str) -> str:
    """Give the newest decision in which a person got a message."""
    for decision in desk.site.views.decisions(person_id):
        if any(item.message == message for item in decision.items) and not decision.ghost:
            return f"/decisions/{decision.decision_id}"
    return ""
