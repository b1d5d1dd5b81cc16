"""What stands around a page: menu, state of the workspace, controls, and the way back."""

import msgspec

from wegweiser.web.pages.frame.controls import Controls
from wegweiser.web.pages.frame.family import Family
from wegweiser.web.pages.frame.notices import Notice
from wegweiser.web.pages.frame.start import Start
from wegweiser.web.pages.frame.story import StoryCard
from wegweiser.web.text import Reader


class Entry(msgspec.Struct, frozen=True):
    """One line of the menu; `key` is its shortcut after g."""

    path: str
    name: str
    key: str
    here: bool


class Frame(msgspec.Struct, frozen=True):
    """What stands around every page, filled in by the desk.

    `told` is how much of the log the page shows at least, as the streams of live pages say it.
    """

    title: str
    question: str
    entries: tuple[Entry, ...]
    language: str
    theme: str
    keys: bool
    address: str
    demo: bool
    health: str
    healthy: bool
    banner: str
    workspace: str
    signed_in: str
    form_token: str
    as_of: str
    events_until: str
    zone: str
    told: str = ""
    refresh: bool = False
    crumbs: tuple[tuple[str, str], ...] = ()
    notices: tuple[Notice, ...] = ()
    controls: Controls | None = None
    exports: tuple[tuple[str, str], ...] = ()
    may_find: bool = False
    story: StoryCard | None = None
    start: Start | None = None


def entries_of(
    families: tuple[Family, ...], reader: Reader, role: str, path: str
) -> tuple[Entry, ...]:
    """List the entries that a role may open, in the order of the menu."""
    return tuple(
        Entry(
            family.entry.path, reader.say(family.entry.name), family.entry.key, family.holds(path)
        )
        for family in families
        if family.entry is not None and family.first_page(role) is not None
    )
