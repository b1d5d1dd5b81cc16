"""Operations on measures: list them, answer one, answer one as a file."""

from base64 import b64encode
from typing import TYPE_CHECKING

from wegweiser.flow.answer_wish import Written
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.result import Answer, AskedPeriod
from wegweiser.workspace.arguments import plain, read, text

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

LANGUAGES = ("en", "de")


async def measure(site: "Site", arguments: JsonObject) -> Json:
    """Answer one measure."""
    options = read(arguments, "options", dict[str, str], {})
    return answer_document(await site.measure(text(arguments, "name"), options))


async def measure_list(site: "Site", arguments: JsonObject) -> Json:
    """List all measures with what they answer and their options."""
    return {"measures": plain(await site.analyst.measures())}


async def measure_file(site: "Site", arguments: JsonObject) -> Json:
    """Answer one measure as a file, its bytes in Base64."""
    written = await file_of(site, arguments)
    return {
        "name": written.name,
        "media_type": written.media_type,
        "content": b64encode(written.content).decode(),
    }


async def file_of(site: "Site", arguments: JsonObject) -> Written:
    """Answer one measure as a file: `name`, `options`, `format`, `language`."""
    options = read(arguments, "options", dict[str, str], {})
    language = read(arguments, "language", str, "en")
    form, name = text(arguments, "format"), text(arguments, "name")
    words = language if language in LANGUAGES else "en"
    wish = await site.questions.wish(name, options, form, words)
    return await site.analyst.written(wish)


def answer_document(answer: Answer) -> JsonObject:
    """Write an answer as every door gives it."""
    told: JsonObject = {"results": plain(answer.results), "columns": [*answer.columns]}
    told |= {"rows": plain(answer.rows), "compared": plain(answer.compared)}
    return {
        "measure": answer.measure,
        "title": plain(answer.title),
        "status": answer.status,
        "answer": told,
        "question": plain(answer.question),
        "as_of": format_instant(answer.as_of),
        "fresh_until": format_instant(answer.fresh_until),
        "period": None if answer.period is None else _period(answer.period),
        "version": answer.version,
        "question_hash": answer.question_hash,
        "seed": answer.seed,
        "inputs": [*answer.inputs],
        "n": answer.n,
    }


def _period(period: AskedPeriod) -> JsonObject:
    ends: JsonObject = {"from": format_instant(period.start), "to": format_instant(period.end)}
    return ends | {"zone": period.zone}


OPERATIONS = {"measure": measure, "measure_list": measure_list, "measure_file": measure_file}
