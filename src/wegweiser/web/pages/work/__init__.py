"""Long work: what runs, how far it is, what came of it, and how to stop it."""

from wegweiser.web.pages.frame.family import Family, Page
from wegweiser.web.pages.work.listing import works
from wegweiser.web.pages.work.one import one_work, work_stream

_BOTH = ("GET", "POST")

# Whom each work lets in depends on its kind; `words.may_see` asks.
FAMILY = Family(
    (
        Page("/progress", works, _BOTH, right=None, write="configure"),
        Page("/progress/{work_id}", one_work, _BOTH, right=None),
        Page("/progress/{work_id}/stream", work_stream, right=None),
    )
)
