"""What a result rests on, in words: kinds of evidence, warnings and advice."""

from wegweiser.terms.result import Result
from wegweiser.web.text import Reader, mark
from wegweiser.web.values import EVIDENCE
from wegweiser.web.words import TONES, VERDICTS, named, verdict_of

ADVICE = {
    "keep": mark("Advice: keep it running."),
    "change": mark("Advice: change it."),
    "drop": mark("Advice: stop it."),
}
ROLL_OUT = mark("Advice: roll it out.")
REPAIR = mark("Advice: repair the test first.")
WARNINGS = {
    "adjustment_changes_sign": mark("The adjustment turns the sign of the difference."),
    "beyond_what_was_seen": mark("This lies beyond what was ever seen."),
    "clicks_without_exposure": mark("There are clicks without a sight of the message."),
    "completion_unknown": mark("It is not known how many are complete."),
    "confounded": mark("Other causes changed at the same time."),
    "controls_moved_too": mark("The regions for comparison moved as well."),
    "days_left_out": mark("Some days are left out."),
    "does_not_stand_among_all": mark("It does not hold when all are looked at together."),
    "drop_out_cannot_be_told": mark("Who dropped out cannot be told."),
    "entries_without_amount": mark("Some entries have no amount."),
    "entries_without_currency": mark("Some entries have no currency."),
    "exposures_differ": mark("The groups did not see equally often what was shown to them."),
    "few_units_carry_it": mark("A few very large ones carry this figure."),
    "found_by_looking": mark("It was found by looking, not asked beforehand."),
    "gaps_not_attention": mark("Times are gaps between events, not attention."),
    "ledger_only": mark("Only revenue that is in the ledger counts."),
    "mean_return_stands_for_the_next": mark("The mean return stands for that of the next euro."),
    "no_controls": mark("There is no region to compare with."),
    "no_reason_to_stop_early": mark("There is no reason to stop early."),
    "not_confirmed_among_several": mark("Not confirmed when all comparisons count together."),
    "not_fully_recorded": mark("The time is not fully recorded."),
    "one_account_moves_it": mark("A single account moves this figure."),
    "one_customer_carries_it": mark("A single customer carries this figure."),
    "one_message_per_unit_as_tested": mark("Everybody got one message, as tested."),
    "others_were_shown_too": mark("Others were shown the message as well."),
    "past_explains_little": mark("The past explains little."),
    "periods_differ": mark("The periods are not of the same length."),
    "read_once_at_planned_end": mark("This holds when read once, at the planned end."),
    "scanner_clicks_apart": mark("Clicks of mail scanners are counted apart."),
    "split_not_checked": mark("The split of the test was not checked."),
    "still_open": mark("It is still open."),
    "too_sure_of_itself": mark("Regions without the test show effects too: trust it less."),
    "units_in_two_arms": mark("Some were drawn into two groups."),
    "value_is_revenue_not_margin": mark("Value means revenue, because costs are not known."),
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


def warning_words(reader: Reader, result: Result) -> tuple[str, ...]:
    """Give the warnings that have words."""
    told = (reader.say(WARNINGS[one]) for one in result.warnings if one in WARNINGS)
    return tuple(dict.fromkeys(told))
