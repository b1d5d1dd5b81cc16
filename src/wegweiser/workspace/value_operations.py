"""The operation on customer value: what one person will bring, and learning the model anew."""

from typing import TYPE_CHECKING

from wegweiser.terms.errors import NotFound
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import plain, read, text

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site


async def customer_value(site: "Site", arguments: JsonObject) -> Json:
    """Give what a person is expected to bring, with the error of the past; `learn` does so first.

    Raises NotFound for an identifier that nobody has.
    """
    await site.intake.settle()
    person_id = site.views.find_person(text(arguments, "identifier"))
    if person_id is None:
        raise NotFound(wrong("no_profile"))
    book = site.knowing.customer_value
    if read(arguments, "learn", bool, False):
        await book.learn()
    told: JsonObject = {"person_id": person_id}
    return told | plain_object(book.of_person(person_id))


def plain_object(value: object) -> JsonObject:
    """Turn a term into a plain JSON object."""
    told = plain(value)
    assert isinstance(told, dict)
    return told


OPERATIONS = {"customer_value": customer_value}
