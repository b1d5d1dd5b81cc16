"""Intent signals as people declare them: which pages, searches, events and traits tell of what."""

import msgspec


class IntentSignal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One intent. Words are written in lower case, several of them joined by hyphens.

    `pages` are looked for in the paths of pages, `searches` in what people searched for and in
    the texts of other events; `events` are shown names, each of which tells of it alone;
    `traits` are names of traits that tell of it when they are set, such as a current vendor.
    `weight` is what one such look adds.
    """

    key: str
    name: str = ""
    pages: tuple[str, ...] = ()
    searches: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    weight: float = 1.0
    off: bool = False

    @property
    def terms(self) -> tuple[str, ...]:
        """Everything that the signal looks for."""
        return (*self.pages, *self.searches, *self.events, *self.traits)
