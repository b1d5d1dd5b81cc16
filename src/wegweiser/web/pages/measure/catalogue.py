"""The measures as the pages know them: names, titles, and every option with its help."""

from collections.abc import Mapping

import msgspec

from wegweiser.web.pages.answers import Wish
from wegweiser.web.pages.desk import Desk

# What every measure takes; the frame asks for the time, the workspace has one zone.
OF_FRAME = ("from", "to", "compare", "only")


class ListedOption(msgspec.Struct, frozen=True):
    """One option; `choices` lists what is allowed when not everything is."""

    name: str
    kind: str
    default: str | int | float
    help: Mapping[str, str]
    choices: tuple[str, ...] = ()


class Listed(msgspec.Struct, frozen=True):
    """One measure; `narrows` are the filters of a page that it can be narrowed by."""

    name: str
    summary: Mapping[str, str]
    options: tuple[ListedOption, ...]
    narrows: tuple[str, ...] = ()

    @property
    def asked(self) -> tuple[ListedOption, ...]:
        """The options that a form asks for."""
        return tuple(one for one in self.options if one.name not in OF_FRAME)

    def unit_in(self, one: Wish) -> str:
        """Give what a wish says a unit is, a person or an account; empty where none is said."""
        usual = {option.name: str(option.default) for option in self.options}
        return dict(one.options).get("unit") or usual.get("unit", "")

    def has(self, option: str) -> bool:
        """Tell whether it takes an option."""
        return any(one.name == option for one in self.options)


class _List(msgspec.Struct, frozen=True):
    measures: tuple[Listed, ...]


async def catalogue(desk: Desk) -> dict[str, Listed] | None:
    """Give all measures by name; None while the list is not there yet."""
    told = await desk.answers.listing()
    if told is None:
        return None
    return {one.name: one for one in msgspec.convert(told, _List).measures}
