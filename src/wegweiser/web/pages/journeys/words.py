"""Ways of moves in words, and the answer of the page in one sentence."""

from wegweiser.web.pages.journeys.asked import shown
from wegweiser.web.text import Reader, mark
from wegweiser.workspace.journey_flow_operations import Flow

FIGURES = {
    "forward": mark("Moved forward"),
    "back": mark("Moved back"),
    "off_path": mark("Left the path"),
    "returned": mark("Came back"),
}
WAYS_IN_WORDS = {
    "forward": mark("forward"),
    "back": mark("back"),
    "off_path": mark("off the path"),
    "returned": mark("back on the path"),
    "appeared": mark("became known"),
    "lost": mark("known no longer"),
    "stayed": mark("stayed"),
}
# No sentence is put together of parts, hence one for each unit.
ANSWERS = {
    "account": mark(
        "Of {all} accounts {forward} moved forward, {back} back, {off_path} left the path,"
        " {returned} came back; {appeared} became known, {lost} are known no longer, the rest"
        " stayed."
    ),
    "person": mark(
        "Of {all} people {forward} moved forward, {back} back, {off_path} left the path,"
        " {returned} came back; {appeared} became known, {lost} are known no longer, the rest"
        " stayed."
    ),
}


def answer_of(reader: Reader, of: str, flow: Flow) -> str:
    """Say how many moved which way."""
    counts = {way: shown(reader, count) for way, count in flow.ways.items() if way != "stayed"}
    return reader.say(ANSWERS[of], all=shown(reader, flow.of_all), **counts)
