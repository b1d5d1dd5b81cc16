"""The rooms of Settings: what each is called, what it answers, and whom it lets in."""

import msgspec

from wegweiser.terms.role import Right
from wegweiser.web.text import mark


class Room(msgspec.Struct, frozen=True):
    """One room; `right` None lets in everybody who is signed in. Some are in the demo only."""

    path: str
    name: str
    question: str
    right: Right | None
    of_demo: bool = False


ROOMS: tuple[Room, ...] = (
    Room(
        "/settings/me",
        mark("My sign-in"),
        mark("How do I come in, and where am I signed in?"),
        None,
    ),
    Room("/settings/people", mark("People and roles"), mark("Who may do what?"), "people"),
    Room("/settings/keys", mark("Sources and keys"), mark("Who may send and read?"), "senders"),
    Room("/settings/company", mark("Company"), mark("For whom is this workspace?"), "configure"),
    Room(
        "/settings/stages",
        mark("Stages and goals"),
        mark("Which stages are there, and what counts?"),
        "define",
    ),
    Room("/settings/channels", mark("Channels"), mark("How do messages leave?"), "configure"),
    Room(
        "/settings/consent",
        mark("Consent and retention"),
        mark("What is allowed, and how long is it kept?"),
        "erase",
    ),
    Room(
        "/settings/requests",
        mark("Access and erasure"),
        mark("Who asked for their data, and what became of it?"),
        "erase",
    ),
    Room(
        "/settings/reports", mark("Reports by mail"), mark("Who is told what, and when?"), "figures"
    ),
    Room("/settings/engines", mark("Engines"), mark("Is everything running?"), "configure"),
    Room(
        "/settings/demo",
        mark("Demo data"),
        mark("How does the demo company go away?"),
        "configure",
        of_demo=True,
    ),
    Room("/settings/audit", mark("Audit trail"), mark("Who changed or took out what?"), "audit"),
)


def room_of(path: str) -> Room:
    """Give the room of a path."""
    return next(room for room in ROOMS if path.startswith(room.path))
