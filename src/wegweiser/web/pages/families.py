"""All families of pages in the order of the menu: a new one is one import and one line here."""

from wegweiser.web.pages.account import account
from wegweiser.web.pages.data import FAMILY as DATA
from wegweiser.web.pages.decisions import FAMILY as DECISIONS
from wegweiser.web.pages.frame.family import Family, MenuEntry, Page
from wegweiser.web.pages.frame.filter_form import add_filter
from wegweiser.web.pages.frame.help import help_page
from wegweiser.web.pages.frame.jump import jump
from wegweiser.web.pages.frame.rests import ALWAYS, Rests
from wegweiser.web.pages.identity_change import change_identity
from wegweiser.web.pages.journeys import FAMILY as JOURNEYS
from wegweiser.web.pages.measure import FAMILY as MEASURE
from wegweiser.web.pages.messages import FAMILY as MESSAGES
from wegweiser.web.pages.openid import FAMILY as OPENID
from wegweiser.web.pages.patterns import patterns
from wegweiser.web.pages.people.next_step import next_step
from wegweiser.web.pages.people.segment_file import segment_file
from wegweiser.web.pages.people.talk import log_conversation
from wegweiser.web.pages.person import person
from wegweiser.web.pages.person_reason import open_person
from wegweiser.web.pages.profiles import profiles
from wegweiser.web.pages.segment import segment
from wegweiser.web.pages.segment_save import remove_segment, save_segment
from wegweiser.web.pages.segments import segments
from wegweiser.web.pages.settings import FAMILY as SETTINGS
from wegweiser.web.pages.sign_in import look, sign_in, welcome
from wegweiser.web.pages.story import FAMILY as STORY
from wegweiser.web.pages.suggestions import suggestions
from wegweiser.web.pages.today.page import today
from wegweiser.web.pages.upload import FAMILY as UPLOAD
from wegweiser.web.pages.work import FAMILY as WORK
from wegweiser.web.text import mark

BOTH = ("GET", "POST")

_TODAY = Rests(
    "people",
    mark("Here you will see who visits you, what changed, and what your messages do."),
    "today",
    # What needs somebody is told from the first day on.
    ALWAYS,
)
_PROFILES = Rests(
    "events",
    mark("Here you will find people and accounts, each with all that is known of them."),
    "profiles",
)
_PAIRS = Rests(
    "events", mark("Here you will decide who is probably one and the same person."), "pairs"
)
_SEGMENTS = Rests(
    "people",
    mark("Here you will group people and accounts by rules, and see each group grow."),
    "segments",
    # Rules can be written before anybody is there.
    ALWAYS,
)

TODAY = Family(
    (Page("/", today, BOTH, words=("period", "compare"), rests=_TODAY),),
    MenuEntry("/", mark("Today"), "t", mark("What changed, and what needs me?")),
)
PROFILES = Family(
    (
        Page("/profiles", profiles, BOTH, right="profiles", rests=_PROFILES),
        Page(
            "/people/{person_id}",
            person,
            right="profiles",
            words=("logged", "period", "kind", "channel", "page"),
        ),
        Page("/people/{person_id}/open", open_person, ("POST",), right="profiles"),
        Page("/people/{person_id}/identity", change_identity, BOTH, right="who_is_who"),
        Page(
            "/accounts/{group_id:path}",
            account,
            BOTH,
            right="profiles",
            write="talk",
            words=("logged", "said", "operation"),
        ),
        Page("/next-steps", next_step, ("POST",), right="talk"),
        Page("/conversations", log_conversation, ("POST",), right="talk"),
        Page("/suggestions", suggestions, BOTH, right="who_is_who", rests=_PAIRS),
    ),
    MenuEntry("/profiles", mark("Profiles"), "p", mark("Who is this, and how do we know?")),
    also=("/people", "/accounts", "/suggestions"),
)
SEGMENTS = Family(
    (
        Page("/segments", segments, BOTH, words=("edit",), rests=_SEGMENTS),
        Page("/segments/save", save_segment, ("POST",), right="publish"),
        Page("/segments/remove", remove_segment, ("POST",), right="publish"),
        Page("/segments/file", segment_file, ("POST",), right="take_persons"),
        Page("/segments/{key}", segment, words=("after",), rests=_SEGMENTS),
    ),
    MenuEntry("/segments", mark("Segments"), "s", mark("Who are they together?")),
)
FRAME = Family(
    (
        Page("/jump", jump, ("POST",), right=None),
        Page("/filter", add_filter, ("POST",), right=None),
        Page("/help", help_page, right=None),
        Page(
            "/patterns",
            patterns,
            right=None,
            words=("period", "compare", "sort", "page"),
            filters=(("country", mark("Country")),),
        ),
        Page("/sign-in", sign_in, BOTH, right=None, words=("next",)),
        Page("/welcome/{token}", welcome, BOTH, right=None),
        Page("/look", look, ("POST",), right=None),
    )
)

FAMILIES: tuple[Family, ...] = (
    TODAY,
    PROFILES,
    JOURNEYS,
    SEGMENTS,
    MESSAGES,
    DECISIONS,
    MEASURE,
    DATA,
    SETTINGS,
    STORY,
    UPLOAD,
    WORK,
    OPENID,
    FRAME,
)
