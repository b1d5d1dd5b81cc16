"""Stage evidence in a cell: what the fifty recent happenings let go, bounded and commutative."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.profile import Happening

MOST = 200
MOST_FACTS = 16
LONGEST_MS = 400 * DAY_MS
# Said about buyers by our own machinery; no table of stages can make evidence of it.
NO_EVIDENCE = frozenset(
    {
        "Engaged Time",
        "Identified",
        "Group Joined",
        "Aliased",
        "Left Group",
        "Message Viewed",
        "Message Dismissed",
        "Segment Consent Preference Updated",
        "Audience Entered",
        "Audience Exited",
    }
)
# What a sales system states outlasts two hundred page views; the newest sixteen stay beside them.
FACTS = frozenset(
    {
        *("Opportunity Opened", "Opportunity Created", "Opportunity Won", "Opportunity Lost"),
        *("Deal Opened", "Deal Created", "Deal Won", "Deal Lost"),
        *("Closed Won", "Closed Lost", "Contract Signed", "Order Completed", "Contract Ended"),
        "Job Application Submitted",
    }
)


def note_gone(earlier: list[Happening], gone: Happening) -> None:
    """Keep what gave way among the recent happenings, in place, if it may be evidence.

    The cell keeps no event twice: its evidence is `earlier` and what is still recent. Hence an
    event costs nothing here before its leaf has more than fifty of one day.

    >>> earlier = []
    >>> for name in ("Page Viewed", "Engaged Time"):
    ...     note_gone(earlier, Happening(0, "m", name, "/pricing", "user_id:u"))
    >>> [one.name for one in earlier]
    ['Page Viewed']
    """
    if gone.name in NO_EVIDENCE:
        return
    if not earlier or gone.at > earlier[-1].at:
        earlier.append(gone)
    else:
        place = bisect_left(earlier, gone)
        if place < len(earlier) and earlier[place] == gone:
            return
        earlier.insert(place, gone)
    over = len(earlier) - MOST - 1
    if over < 0:
        return
    # Before the newest 200 stand facts alone; where no fact comes or goes, none of them moves.
    if gone.name in FACTS or earlier[over].name in FACTS:
        _trim(earlier)
    else:
        del earlier[over]


def merge_earlier(recent: Sequence[Happening], *parts: Iterable[Happening]) -> list[Happening]:
    """Give what several cells keep beside the happenings that are recent in all of them.

    `parts` are all their lists, the recent ones too; `recent` is the merge of those.
    """
    here = set(recent)
    kept = sorted(
        {one for part in parts for one in part if one.name not in NO_EVIDENCE and one not in here}
    )
    _trim(kept)
    return kept


def newest(*parts: Iterable[Happening]) -> list[Happening]:
    """Give the evidence of several lists by time: the newest 200, and the newest 16 facts.

    What is more than 400 days older than the newest of all counts no more, but for facts. The
    cut hangs on the list alone, so that the same evidence gives the same list at any time.

    >>> old = Happening(0, "m", "Page Viewed", "/", "user_id:u")
    >>> new = Happening(LONGEST_MS + 1, "n", "Page Viewed", "/", "user_id:u")
    >>> newest([old], [new]) == [new], newest([old]) == [old]
    (True, True)
    """
    kept = sorted({one for part in parts for one in part if one.name not in NO_EVIDENCE})
    _trim(kept, kept[-1].at - LONGEST_MS if kept else 0)
    return kept


def _trim(kept: list[Happening], since: int = 0) -> None:
    """Keep the newest 200 of a sorted list from `since` on, and the newest 16 facts, in place."""
    young = next((place for place, one in enumerate(kept) if one.at >= since), 0)
    cut = max(len(kept) - MOST, young)
    if cut <= 0:
        return
    facts = [one for one in kept[:cut] if one.name in FACTS]
    if facts:
        room = MOST_FACTS - sum(one.name in FACTS for one in kept[cut:])
        facts = facts[-room:] if room > 0 else []
    kept[:cut] = facts
