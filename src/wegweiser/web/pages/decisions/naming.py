"""What the sentences of a decision call caps, goals, purposes, arms, stages and moments."""

from collections.abc import Callable, Mapping

from wegweiser.web.pages.decisions.reasons import caps_of
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.goal_names import goal_name
from wegweiser.web.text import Reader
from wegweiser.web.words import ARMS, PURPOSES, named, stage_in_words


def naming_of(desk: Desk, reader: Reader, bundle_id: str) -> Callable[[str, str, str], str]:
    """Give what names the keys of a bundle in the reader's language, and nothing in another one.

    It takes language, kind and key, as `Site.explain` asks for it.
    """
    names = _names(desk, reader, caps_of(desk, reader, bundle_id))

    def name(language: str, kind: str, key: str) -> str:
        return names[kind](key) if language == reader.language and kind in names else ""

    return name


def _names(
    desk: Desk, reader: Reader, caps: Mapping[str, str]
) -> Mapping[str, Callable[[str], str]]:
    goals = desk.site.unifier.policies.bundle.goals
    stages = desk.site.journeys.journey.names
    return {
        "cap": lambda key: caps.get(key, ""),
        "goal": lambda key: goal_name(goals, key),
        "purpose": lambda key: named(reader, PURPOSES, key),
        "arm": lambda key: named(reader, ARMS, key),
        "stage": lambda key: stage_in_words(reader, stages, key) if key in stages else "",
        "moment": lambda key: reader.moment(int(key)),
    }
