"""Long work in words: what it is called, how far it is, and who may see it."""

from starlette.requests import Request

from wegweiser.web.pages.data.told import whole_in, word_in
from wegweiser.web.pages.desk import Desk
from wegweiser.web.text import Reader, mark
from wegweiser.web.words import named
from wegweiser.workspace.work import Work
from wegweiser.workspace.work_kinds import KINDS, can_be_undone

NAMES = {
    "replay": mark("Quarantine read once more"),
    "undo": mark("Putting back into quarantine"),
    "import": mark("Loading a file"),
    "upload": mark("Loading a file"),
    "export": mark("Export"),
    "learning": mark("Learning the models anew"),
    "simulation": mark("Simulation"),
    "erasure": mark("Erasure"),
}
STATES = {
    "running": mark("running"),
    "over": mark("done"),
    "cancelled": mark("cancelled"),
    "failed": mark("stopped by a fault"),
    "interrupted": mark("cut off"),
}


def may_see(desk: Desk, request: Request, work: Work) -> bool:
    """Tell whether whoever is signed in may see a work."""
    return work.kind in KINDS and desk.may(request, KINDS[work.kind].right)


def may_stop(desk: Desk, request: Request, work: Work) -> bool:
    """Tell whether whoever is signed in may stop a work."""
    if KINDS[work.kind].final or not may_see(desk, request, work):
        return False
    return work.kind != "replay" or desk.may(request, "senders")


def may_put_back(desk: Desk, request: Request, work: Work) -> bool:
    """Tell whether whoever is signed in may put back what a work let in."""
    return can_be_undone(desk.site, work) and desk.may(request, "senders")


def name_of(reader: Reader, work: Work) -> str:
    """Give the name of a work, with what it is about."""
    name = named(reader, NAMES, work.kind)
    return f"{name}: {work.subject}" if work.subject else name


def state_of(reader: Reader, work: Work) -> str:
    """Write the state of a work."""
    return named(reader, STATES, work.state_at(reader.now))


def sentence_of(reader: Reader, work: Work) -> str:
    """Say in a sentence how far a work is, or what came of it."""
    words = {"work": name_of(reader, work), "moment": reader.moment(work.ended_at or work.seen_at)}
    state = work.state_at(reader.now)
    if state == "running":
        return reader.say("{work} goes on.", **words)
    if state == "cancelled":
        return reader.say("{work} was cancelled on {moment}; what was done stays done.", **words)
    if state == "failed":
        why = word_in(work.found, "why")
        if why:
            return reader.say("{work} stopped: {why}", **words, why=why)
        return reader.say("{work} was stopped by a fault on {moment}.", **words)
    if state == "interrupted":
        return reader.say("{work} was cut off; the last sign of it is of {moment}.", **words)
    return _done(reader, work, words)


def _done(reader: Reader, work: Work, words: dict[str, str]) -> str:
    found = work.found
    if work.kind == "replay":
        return reader.say(
            "Of {total} events {stored} were stored; {stayed} stay in quarantine.",
            total=reader.number(work.total),
            stored=reader.number(whole_in(found, "stored")),
            stayed=reader.number(whole_in(found, "stayed")),
        )
    if work.kind == "undo":
        return reader.count(
            "{count} event waits in quarantine again; nothing of it counts any more.",
            "{count} events wait in quarantine again; nothing of them counts any more.",
            whole_in(found, "put_back"),
        )
    if work.kind in ("import", "upload"):
        stored = reader.number(whole_in(found, "stored"))
        return reader.say("{work} is done: {stored} events were stored.", **words, stored=stored)
    if work.kind == "export":
        lines = reader.number(whole_in(found, "lines"))
        return reader.say("{work} is done: {lines} lines were taken out.", **words, lines=lines)
    if work.kind == "learning":
        same = reader.say("The models learned anew are the same as those that decide.")
        other = reader.say("The models learned anew differ from those that decide.")
        return same if found.get("same") else other
    if work.kind == "erasure":
        number = word_in(found, "request_id")
        return reader.say("Erased. The receipt is {id}.", id=number)
    told = found.get("sentence")
    if isinstance(told, dict) and word_in(told, reader.language):
        return word_in(told, reader.language)
    return reader.say("{work} was done on {moment}.", **words)


def step_of(reader: Reader, work: Work) -> str:
    """Say the step of a work that goes on."""
    if work.kind in ("import", "upload"):
        stored = reader.number(whole_in(work.found, "stored"))
        return reader.say("{stored} events stored so far", stored=stored)
    if work.kind == "export":
        return reader.say("{lines} lines so far", lines=reader.number(work.done))
    if work.total:
        return reader.say(
            "{done} of {total} events read",
            done=reader.number(work.done),
            total=reader.number(work.total),
        )
    if work.done:
        return reader.say("{done} parts of the log read", done=reader.number(work.done))
    return reader.say("Begun {ago}", ago=reader.ago(work.started_at))
