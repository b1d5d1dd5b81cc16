"""Leaves out of a summary the days on which tests broke, as the data alone tell them."""

import msgspec

from wegweiser.measure.arms import BAD
from wegweiser.measure.form import Asked, Measure
from wegweiser.measure.split_many import MEASURE, days_left_out, is_left_out
from wegweiser.measure.words import both, number
from wegweiser.terms.result import Answer, Result


def wants_bad_days(asked: Asked) -> bool:
    """Tell whether a summary is to leave out the days on which tests broke."""
    return asked.options.get("leave_out") == BAD


def checks_of(asked: Asked) -> tuple[Measure, Asked]:
    """Give the measure that tells these days, and what it is to be asked: the same arms."""
    options = {name: asked.options[name] for name in ("shares", "epoch_start")}
    return MEASURE, Asked(asked.period, asked.as_of, dict(options))


def without_bad_days(asked: Asked, checks: Answer) -> Asked:
    """Give what is asked with the days left out that the split checks tell.

    Where more than half of all tests began on such days, nothing is left out: then the test itself
    is broken, and that is the answer.
    """
    bad = [one for one in checks.results if one.verdict == "broken"]
    tests = next((one.n["tests"] for one in checks.results if "tests" in one.n), 0)
    few = is_left_out(sum(one.n["tests"] for one in bad), tests)
    days = days_left_out(checks) if few else ""
    return msgspec.structs.replace(asked, options={**asked.options, "leave_out": days})


def told_left_out(answer: Answer, asked: Asked) -> Answer:
    """Say with every figure how many days are left out of it."""
    days = [day for day in asked.text("leave_out").split(",") if day]
    if not days:
        return answer
    results = tuple(_told(one, days) for one in answer.results)
    return msgspec.structs.replace(answer, results=results)


def _told(one: Result, days: list[str]) -> Result:
    count = {lang: number(len(days), lang) for lang in ("en", "de")}
    more = both(
        f" Left out are {count['en']} days on which tests broke, from {days[0]} to {days[-1]}.",
        f" Nicht dabei sind {count['de']} Tage, an denen Tests nicht stimmten, vom {days[0]} bis"
        f" {days[-1]}.",
    )
    said = {lang: told + more[lang] for lang, told in one.sentence.items()}
    return msgspec.structs.replace(one, sentence=said, warnings=(*one.warnings, "days_left_out"))
