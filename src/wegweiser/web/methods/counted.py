"""How is computed what is counted: visits, messages seen, decisions."""

from wegweiser.web.methods.told import (
    ASSUMES_ALL,
    ASSUMES_FULL,
    ASSUMES_OBSERVED,
    ASSUMES_RECORD,
    ASSUMES_SHARE,
    REFUSES_EVENT,
    REFUSES_THIRTY,
    Told,
)
from wegweiser.web.text import mark

COUNTED = {
    "web.visits": Told(
        mark("People, visits and page views; a visit ends after 30 minutes without an event."),
        ASSUMES_FULL,
        REFUSES_EVENT,
    ),
    "web.entry_pages": Told(
        mark(
            "First page of each visit, with the share of visits that went on to something; ranks "
            "come with an interval from 1,000 draws."
        ),
        ASSUMES_FULL,
        REFUSES_EVENT,
    ),
    "web.dwell": Told(
        mark(
            "Seconds of attention per page view as measured by signals of the page, with "
            "Student's interval of the mean."
        ),
        ASSUMES_SHARE,
        REFUSES_THIRTY,
    ),
    "web.depth": Told(
        mark("Pages per visit, and the time from the first event of a visit to its last."),
        ASSUMES_FULL,
        REFUSES_EVENT,
    ),
    "web.searches": Told(
        mark("Words that people searched for, how often nothing was found, and what followed."),
        ASSUMES_FULL,
        REFUSES_EVENT,
    ),
    "web.downloads": Told(
        mark("Files that were taken, by name, with the people who took them."),
        ASSUMES_FULL,
        REFUSES_EVENT,
    ),
    "web.pages": Told(
        mark("Views, entries and exits per page."),
        ASSUMES_FULL,
        REFUSES_EVENT,
    ),
    "web.regions": Told(
        mark("Visits per region, with the share that reached a goal."),
        ASSUMES_SHARE,
        REFUSES_THIRTY,
    ),
    "web.click_rate": Told(
        mark("Of what was seen, the share that was clicked; clicks of scanners are counted apart."),
        ASSUMES_SHARE,
        REFUSES_THIRTY,
    ),
    "web.funnel": Told(
        mark("How many people went from step to step in order within the window."),
        ASSUMES_SHARE,
        REFUSES_THIRTY,
    ),
    "web.retention": Told(
        mark("Of those who came in one week or month, the share that came again later."),
        ASSUMES_SHARE,
        REFUSES_THIRTY,
    ),
    "web.paths": Told(
        mark("What followed a page, or came before it, step by step."),
        ASSUMES_FULL,
        REFUSES_EVENT,
    ),
    "message.goals": Told(
        mark(
            "Of the people who saw a message, the shares that clicked it and reached a goal in "
            "the window."
        ),
        ASSUMES_OBSERVED,
        REFUSES_THIRTY,
    ),
    "events.seen": Told(
        mark("Which events and fields arrived, of which type, from which source."),
        ASSUMES_ALL,
        REFUSES_EVENT,
    ),
    "reach.days": Told(
        mark(
            "Distinct known people, people and accounts that did something themselves, and "
            "decisions, by day and in all."
        ),
        ASSUMES_FULL,
        REFUSES_EVENT,
    ),
    "decisions.dropoff": Told(
        mark("Per reason and rule: candidates that were removed, and those that it alone removed."),
        ASSUMES_RECORD,
        REFUSES_THIRTY,
    ),
    "decisions.nothing": Told(
        mark(
            "People who got nothing at a place, or only messages worth less than 19 of 20 winners."
        ),
        ASSUMES_RECORD,
        REFUSES_THIRTY,
    ),
    "decisions.sensitivity": Told(
        mark("The share of decisions that would differ with one factor of the priority left out."),
        ASSUMES_RECORD,
        REFUSES_THIRTY,
    ),
    "decisions.contests": Told(
        mark("Pairs of best and second-best messages: how often they met, and which was chosen."),
        ASSUMES_RECORD,
        REFUSES_THIRTY,
    ),
    "decisions.exploration": Told(
        mark(
            "How often something else than the best was tried, and the mean utility that this cost."
        ),
        ASSUMES_RECORD,
        REFUSES_THIRTY,
    ),
    "decisions.calibration": Told(
        mark("Predicted responses of each message beside those observed after it was seen."),
        ASSUMES_RECORD,
        REFUSES_THIRTY,
    ),
    "decisions.stages": Told(
        mark("Moves between stages from decision to decision, per week."),
        ASSUMES_RECORD,
        REFUSES_THIRTY,
    ),
    "decisions.budget": Told(
        mark("Per account: contacts, decisions under a limit, put off, given up, and sent later."),
        ASSUMES_RECORD,
        REFUSES_THIRTY,
    ),
    "decisions.gaps": Told(
        mark("Decisions that lacked a consent or a local time, by purpose and channel."),
        ASSUMES_RECORD,
        REFUSES_THIRTY,
    ),
    "decisions.counters": Told(
        mark("How decisions ended, and how often something went wrong on the way."),
        ASSUMES_RECORD,
        REFUSES_THIRTY,
    ),
    "decisions.channels": Told(
        mark("Decisions by the channel that asked, and in how many something was said."),
        ASSUMES_RECORD,
        REFUSES_THIRTY,
    ),
}
