"""The conservation law, counted for one record."""

from wegweiser.terms.record import Collected, Tally, Verdict


def tally_of(record: Collected, verdict: Verdict) -> Tally:
    """Count what became of the elements of one record."""
    lost = record.dropped + record.rejected
    return Tally(
        received=len(record.events) + len(record.refused) + record.suppressed + lost,
        stored=len(record.events) - len(verdict.repeats) - len(verdict.failed),
        duplicate=verdict.sent_again + len(verdict.known),
        quarantined=len(record.refused) - len(verdict.known) + len(verdict.failed),
        suppressed=record.suppressed - verdict.suppressed_again,
        dropped=lost,
    )
