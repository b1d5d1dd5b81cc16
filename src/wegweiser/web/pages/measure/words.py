"""What a result rests on, in words: kinds of evidence, warnings and advice."""

import re

from wegweiser.terms.result import Result
from wegweiser.web.text import Reader, mark
from wegweiser.web.values import EVIDENCE, is_code
from wegweiser.web.words import TONES, VERDICTS, named, verdict_of

ADVICE = {
    "keep": mark("Advice: keep it running."),
    "change": mark("Advice: change it."),
    "drop": mark("Advice: stop it."),
}
ROLL_OUT = mark("Advice: roll it out.")
REPAIR = mark("Advice: repair the test first.")
WARNINGS = {
    "a_regression_says_otherwise": mark("A regression says otherwise."),
    "adjustment_changes_sign": mark("The adjustment turns the sign of the difference."),
    "before_goods": mark("Goods are not taken off, because their costs are not known."),
    "beside_confounded": mark(
        "Another channel did not agree with its test, and this one has none."
    ),
    "beyond_what_was_seen": mark("This lies beyond what was ever seen."),
    "clicks_without_exposure": mark("There are clicks without a sight of the message."),
    "completion_unknown": mark("It is not known how many are complete."),
    "confounded": mark("Other causes changed at the same time."),
    "controls_moved_too": mark("The regions for comparison moved as well."),
    "crude_and_standardised_differ_in_sign": mark(
        "Without comparing like with like the sign would be the other one."
    ),
    "days_left_out": mark("Some days are left out."),
    "does_not_stand_among_all": mark("It does not hold when all are looked at together."),
    "drop_out_cannot_be_told": mark("Who dropped out cannot be told."),
    "ended_without_a_start": mark("Some ended without a known start."),
    "entries_without_amount": mark("Some entries have no amount."),
    "entries_without_currency": mark("Some entries have no currency."),
    "exposures_differ": mark("The groups did not see equally often what was shown to them."),
    "few_units_carry_it": mark("A few very large ones carry this figure."),
    "found_by_looking": mark("It was found by looking, not asked beforehand."),
    "gaps_not_attention": mark("Times are gaps between events, not attention."),
    "goal_before_lead": mark("Some goals lie before their lead."),
    "goods_known_for_part": mark("The costs of goods are known for a part of the revenue only."),
    "holdout_error_above_10_percent": mark(
        "The forecast of the time held back was off by more than 10%."
    ),
    "horizon_cut_to_twice_the_history": mark("The time ahead is cut to twice what is known."),
    "in_the_future": mark("Some lie in the future."),
    "ledger_only": mark("Only revenue that is in the ledger counts."),
    "mean_return_stands_for_the_next": mark("The mean return stands for that of the next euro."),
    "no_claim": mark("Nothing is claimed: one choice for all may be as good."),
    "no_controls": mark("There is no region to compare with."),
    "no_longer_seen": mark("It is no longer seen."),
    "no_reason_to_stop_early": mark("There is no reason to stop early."),
    "not_confirmed_among_several": mark("Not confirmed when all comparisons count together."),
    "not_fully_recorded": mark("The time is not fully recorded."),
    "not_stable": mark("Drawn anew, it comes out differently."),
    "nothing_judged": mark("There was nothing to judge."),
    "one_account_moves_it": mark("A single account moves this figure."),
    "one_customer_carries_it": mark("A single customer carries this figure."),
    "one_message_per_unit_as_tested": mark("Everybody got one message, as tested."),
    "opposite_in_a_large_part": mark("In a large part of all it is the other way round."),
    "others_were_shown_too": mark("The same people were shown other things too."),
    "past_explains_little": mark("The past explains little."),
    "periods_differ": mark("The periods are not of the same length."),
    "read_as": mark("Some names were read as others that differ only in writing."),
    "read_once_at_planned_end": mark("This holds when read once, at the planned end."),
    "regular_buyers": mark("Buyers come regularly, so that the model foretells too much."),
    "response_not_measured": mark("How people respond was not measured."),
    "reverse": mark("It may have been visited because the sale was made already."),
    "scanner_clicks_apart": mark("Clicks of mail scanners are counted apart."),
    "season_not_learnable_yet": mark("The season cannot be learnt yet."),
    "split_not_checked": mark("The split of the test was not checked."),
    "still_open": mark("It is still open."),
    "survivors": mark("Only who is logged in sees it: these are those who stayed."),
    "too_sure_of_itself": mark("Regions without the test show effects too: trust it less."),
    "two_sources_of_time": mark("The times come from two sources."),
    "units_in_two_arms": mark("Some were drawn into two groups."),
    "value_is_revenue_not_margin": mark("Value means revenue, because costs are not known."),
    "weeks_without_sales": mark("Some weeks have no sales."),
    "windows_overlap": mark("The windows overlap."),
    "without_amount": mark("Some entries have no amount."),
    "without_currency": mark("Some entries have no currency."),
    "without_exposure": mark("Some had no sight of a message."),
    "worse_than_a_year_ago": mark("Worse than a year ago."),
}


def verdict_words(reader: Reader, result: Result) -> tuple[str, str]:
    """Give the word that stands before a sentence, and its tone.

    A verdict where the measure judges, else what the figure rests on.

    >>> split = Result(name="credit", unit="", n={}, enough_data=True, sentence={},
    ...     estimate=2.0, evidence="split")
    >>> verdict_words(Reader("en", "UTC", 0), split)
    ('a split, not a cause', '')
    """
    if result.verdict or result.reason:
        code = verdict_of(result)
        return reader.say(VERDICTS[code]), TONES.get(code, "")
    return named(reader, EVIDENCE, result.evidence), ""


def advice_words(reader: Reader, result: Result) -> str:
    """Give the advice in words; never to stop while the interval holds both loss and gain.

    >>> told = Result(name="lift", unit="", n={}, enough_data=True, sentence={}, estimate=-0.1,
    ...     low=-0.3, high=0.1, advice="drop")
    >>> advice_words(Reader("en", "UTC", 0), told)
    ''
    """
    if "broken" in (result.verdict, result.reason):
        return reader.say(REPAIR)
    spans = result.low is None or result.high is None or result.low <= 0 <= result.high
    if result.advice not in ADVICE or (result.advice == "drop" and spans):
        return ""
    if result.advice == "keep" and result.verdict == "helps":
        return reader.say(ROLL_OUT)
    return reader.say(ADVICE[result.advice])


# What the verdict before the sentence says already.
_IN_THE_VERDICT = ("fewer_than_planned",)
_COUNTED = re.compile(r"^[0-9]+_")
_PART_OF_REVENUE = re.compile(r"goods_known_for_[0-9]+_percent_of_revenue")


def warning_words(reader: Reader, result: Result) -> tuple[str, ...]:
    """Give the warnings in words, each once."""
    told = (warning_said(reader, one) for one in result.warnings)
    return tuple(dict.fromkeys(one for one in told if one))


def warning_said(reader: Reader, code: str) -> str | None:
    """Say one warning; empty where the verdict or the state says it, None where nothing does.

    >>> warning_said(Reader("de", "UTC", 0), "12_entries_without_amount")
    'Einige Buchungen haben keinen Betrag.'
    """
    plain = _COUNTED.sub("", code, count=1).partition(":")[0]
    if _PART_OF_REVENUE.fullmatch(plain):
        plain = "goods_known_for_part"
    if plain in WARNINGS:
        return reader.say(WARNINGS[plain])
    return "" if plain in _IN_THE_VERDICT or is_code("state", plain) else None
