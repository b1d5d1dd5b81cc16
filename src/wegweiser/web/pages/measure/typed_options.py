"""The form of a measure as it was typed, led on to the address that means the same to everybody."""

from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.wrong import wrong
from wegweiser.web.pages.measure.catalogue import Listed
from wegweiser.web.text import LANGUAGES, Reader
from wegweiser.web.typed_number import typed_number

# The word by which the form says in which language numbers were typed.
NUMBERS = "numbers"


def led_on(request: Request, reader: Reader, one: Listed) -> RedirectResponse | None:
    """Lead from what a form sent to the plain address; None where the address is plain.

    An address has a point before decimals in every language, so that it means the same to all. In
    a form "1.500" is what the reader means by it.
    """
    language = request.query_params.get(NUMBERS)
    if language is None:
        return None
    if language not in LANGUAGES:
        told = wrong("address_word", word=NUMBERS, known=", ".join(LANGUAGES))
        raise InputRefused("bad_numbers", told, 422, NUMBERS)
    typist = msgspec.structs.replace(reader, language=language)
    typed = {option.name for option in one.asked if option.kind == "number"}
    plain = [
        (word, typed_number(typist, text) if word in typed else text)
        for word, text in request.query_params.multi_items()
        if word != NUMBERS
    ]
    query = f"?{urlencode(plain)}" if plain else ""
    return RedirectResponse(f"{request.url.path}{query}", 303)
