"""Who changes what others may do shows once more who they are: by password, or by a code."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.instant import MINUTE_MS
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.frame.fields import Field, Form
from wegweiser.web.pages.settings.sections import RoomPage, Section, show_room
from wegweiser.workspace.operator import Operator

# Whoever has just signed in, or shown it just now, is not asked again.
RECENT_MS = 10 * MINUTE_MS
PROOF = "proof"
KEPT = 1_000
# Never shown again, and never handed on.
_LEFT_OUT = (PROOF, "form_token")


async def proof_page(
    desk: Desk, request: Request, form: dict[str, str], always: bool = False
) -> Response | None:
    """Give the page that asks for a proof with everything that was filled in; None where it is.

    With `always` a session that has just begun is no proof either.
    """
    operator, now = desk.who(request), desk.site.clock.now_ms()
    session = request.scope.get("operator")
    if operator is None or session is None:
        return None
    mine = desk.session_id(request)
    shown_at = max(session.started_at, desk.proofs.get(mine, 0))
    if not always and now - shown_at <= RECENT_MS:
        return None
    given = form.get(PROOF, "")
    if given and await proven(desk, request, operator, given):
        desk.proofs[mine] = now
        if len(desk.proofs) > KEPT:
            del desk.proofs[next(iter(desk.proofs))]
        return None
    return _asked(desk, request, operator, form, wrong=bool(given))


async def proven(desk: Desk, request: Request, operator: Operator, given: str) -> bool:
    """Check a password, or a code where there is none, as a sign-in does: wrong ones delay."""
    client, now = request.client.host if request.client else "", desk.site.clock.now_ms()
    delay_s = desk.attempts.delay_s(client, operator.name, now)
    desk.attempts.failed(client, operator.name, now)
    if delay_s:
        await asyncio.sleep(delay_s)
    if operator.password_hash:
        async with desk.password_checks:
            right = await asyncio.to_thread(desk.site.people.check, operator.name, given)
    else:
        right = bool(operator.factor) and desk.site.people.check_factor(operator.name, given)
    if right:
        desk.attempts.succeeded(client, operator.name)
    return right


def _asked(
    desk: Desk, request: Request, operator: Operator, form: dict[str, str], wrong: bool
) -> Response:
    reader = desk.reader(request)
    kept = tuple((name, value) for name, value in form.items() if name not in _LEFT_OUT)
    if operator.password_hash:
        field = Field(PROOF, reader.say("Your password"), kind="password", required=True)
        told = reader.say("Show once more that it is you: this changes who may come in.")
        fault = reader.say("This is not your present password.")
    elif operator.factor:
        field = Field(PROOF, reader.say("Code of your second factor, six digits"), required=True)
        told = reader.say("Show once more that it is you: this changes who may come in.")
        fault = reader.say("This code is not right, or was used already. Wait for the next one.")
    else:
        sentence = reader.say("Your sign-in is too long ago for this. Sign out and in again first.")
        return show_room(desk, request, RoomPage(sentence, (), (("", sentence),)))
    form_again = Form(reader.say("Confirm change"), (field,), kept)
    section = Section(reader.say("Is it you?"), forms=(form_again,))
    faults = ((PROOF, fault),) if wrong else ((PROOF, told),)
    return show_room(desk, request, RoomPage(told, (section,), faults))
