"""JSON as a type: what senders may put into properties, traits and context."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
else:
    # msgspec decodes no recursive alias; at run time every JSON value is let through.
    Json = Any

JsonObject = dict[str, Json]
