"""A segment as a file with its members: for a purpose, by role, and noted in the audit."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.form import read_form
from wegweiser.workspace.profile_operations import bulk, check_bulk, media_of


async def segment_file(desk: Desk, request: Request) -> Response:
    """Give the members of a segment, of persons only those who granted the purpose."""
    form, reader = await read_form(request, desk.form_limits), desk.reader(request)
    key, purpose = form.get("key", ""), form.get("purpose", "")
    segment, operator = desk.site.segments.get(key), desk.who(request)
    if segment is None:
        raise NotFound(reader.say("There is no segment of this name."))
    assert operator is not None
    options = {"segment": key, "format": form.get("format", "csv")}
    if segment.of == "person":
        if not purpose:
            told = reader.say("Say for which purpose; only people who granted it are taken.")
            raise InputRefused("no_purpose", told, 422, "purpose")
        options["purpose"] = purpose
    check_bulk(desk.site, options)
    noted = {"segment": key, "purpose": purpose or "none"}
    desk.site.audit.note("segment.export", operator.name, detail={**noted})
    name = f"{quote(key, safe='')}.{options['format']}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    media = media_of("profiles", options)
    return StreamingResponse(bulk(desk.site, options), media_type=media, headers=headers)
