"""Which states each page can be in before it has data: what it then says, and its one next step.

A page rests on something; what that lacks is what the page lacks. A page that is new must be
written down here, or the test fails.
"""

from typing import Literal

import msgspec

Ground = Literal["arrivals", "events", "people", "messages", "decisions"]
State = Literal["setup", "waiting", "little", "data"]


class Says(msgspec.Struct, frozen=True):
    """The sentences of a state, as the catalogue has them in English, and where its step leads.

    A step that is empty: there is nothing to do but to wait.
    """

    name: str
    step: str = ""
    path: str = ""


NO_SOURCE = Says("Nothing has arrived yet", "Connect a source", "/data/start")
NO_EVENT = Says("Listening", "Show sources", "/data")
REFUSED = Says("Listening", "Show it", "/data/quarantine/")
NO_MESSAGE = Says("No message is published yet", "New message", "/messages/new")
NO_DECISION = Says("Listening", "Set up website tag", "/data/tag")
FEW = Says("Too little data")

# World -> what each ground lacks there; what is not named has its data.
WORLDS: dict[str, dict[Ground, tuple[State, Says]]] = {
    "empty": {
        "arrivals": ("setup", NO_SOURCE),
        "events": ("setup", NO_SOURCE),
        "people": ("setup", NO_SOURCE),
        "messages": ("setup", NO_MESSAGE),
        "decisions": ("setup", NO_MESSAGE),
    },
    "silent": {
        "arrivals": ("waiting", NO_EVENT),
        "events": ("waiting", NO_EVENT),
        "people": ("waiting", NO_EVENT),
        "messages": ("setup", NO_MESSAGE),
        "decisions": ("setup", NO_MESSAGE),
    },
    "mistaken": {
        "events": ("waiting", REFUSED),
        "people": ("waiting", REFUSED),
        "messages": ("setup", NO_MESSAGE),
        "decisions": ("setup", NO_MESSAGE),
    },
    "handful": {
        "people": ("little", FEW),
        "messages": ("waiting", NO_DECISION),
        "decisions": ("waiting", NO_DECISION),
    },
    "asked": {
        "people": ("little", FEW),
        "messages": ("little", FEW),
        "decisions": ("little", FEW),
    },
    "demo": {},
}

# What a page rests on; in the states that are named the page is shown below its gate, for it has
# forms or lists that are of use before.
SHOWN_BELOW: dict[str, tuple[Ground, tuple[State, ...]]] = {
    "/": ("people", ("setup", "waiting", "little")),
    "/profiles": ("events", ("little",)),
    "/suggestions": ("events", ("little",)),
    "/segments": ("people", ("setup", "waiting", "little")),
    "/journeys": ("people", ("little",)),
    "/journeys/moved": ("people", ("little",)),
    "/messages": ("messages", ("waiting", "little")),
    "/messages/new": ("people", ("setup", "waiting", "little")),
    "/policies": ("decisions", ("setup", "waiting", "little")),
    "/calendar": ("messages", ("waiting", "little")),
    "/decisions": ("decisions", ("little",)),
    "/decisions/portfolio": ("decisions", ("little",)),
    "/simulate": ("decisions", ("little",)),
    "/data": ("arrivals", ("waiting", "little")),
    "/data/live": ("arrivals", ("waiting", "little")),
    "/data/quarantine": ("arrivals", ("waiting", "little")),
    "/data/schema": ("events", ("little",)),
    "/data/identity": ("events", ("little",)),
}
# Opened where there is one of them; they have the gates of their own panels.
ONCE_THERE_IS_ONE = {
    "/people/{person_id}",
    "/people/{person_id}/identity",
    "/accounts/{group_id:path}",
    "/segments/{key}",
    "/messages/{key}",
    "/messages/{key}/edit",
    "/decisions/{decision_id}",
    "/simulate/{work_id}",
    "/data/quarantine/{quarantine_id}",
    "/data/upload/{upload_id}",
    "/progress/{work_id}",
    "/story/{number}",
}
# Every panel has its own gate, by the answer of its measure.
BY_PANEL = {"/measure", "/measure/{tab}", "/measure/one/{name}"}
# These have something to say from the first day on: forms, lists that are never empty, help.
FROM_THE_FIRST_DAY = {
    "/measure/one",
    "/data/tag",
    "/data/start",
    "/data/upload",
    "/progress",
    "/help",
    "/patterns",
    "/sign-in",
    "/welcome/{token}",
    "/settings",
    "/settings/me",
    "/settings/people",
    "/settings/keys",
    "/settings/company",
    "/settings/stages",
    "/settings/channels",
    "/settings/consent",
    "/settings/requests",
    "/settings/reports",
    "/settings/engines",
    "/settings/demo",
    "/settings/audit",
}
