"""Files of a page: its table in the form that the address asks for, noted in the audit."""

from collections.abc import Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.pages.desk import Desk
from wegweiser.workspace.table_file import MEDIA, table_file

ENDINGS = {"csv-de": "csv"}


def file_of(
    desk: Desk, request: Request, name: str, columns: Sequence[str], rows: Sequence[Sequence[Json]]
) -> Response:
    """Give a table as the file that the word `form` asks for; the audit says who took it.

    `name` comes from ids of ours, never from what somebody sent.
    """
    form, operator = request.query_params.get("form", ""), desk.who(request)
    content = table_file(columns, rows, form)
    detail: JsonObject = {"kind": name, "form": form, "rows": len(rows)}
    desk.site.audit.note("data.export", operator.name if operator else "", detail=detail)
    return _attached(content, MEDIA[form], f"{name}.{ENDINGS.get(form, form)}")


def json_file(document: Json, name: str) -> Response:
    """Give a document as a JSON file."""
    return _attached(msgspec.json.encode(document), MEDIA["json"], f"{name}.json")


def _attached(content: bytes, media: str, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media, headers=headers)
