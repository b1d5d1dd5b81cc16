"""What publishes a bundle and watches its rules, put together for the doors."""

import time
from typing import TYPE_CHECKING

from wegweiser.decide.rule_guard import RuleGuard
from wegweiser.flow.drafts import DraftDesk
from wegweiser.flow.rule_desk import RuleDesk
from wegweiser.flow.segment_asked import unknown_segments
from wegweiser.flow.segment_withheld import withheld_segments

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site


class PublishingRoom:
    """`drafts` wait for their publication, `rules` are tested, `guard` counts how rules run."""

    def __init__(self, site: "Site"):
        unifier, clock = site.unifier, site.clock
        self.guard = RuleGuard(time.perf_counter_ns, clock.now_ms)
        unifier.policies.watch(self.guard)
        self.rules = RuleDesk(site.views, unifier, clock)
        site.applier.warn = self.rules.warnings
        site.applier.warn_of = lambda documents: unknown_segments(
            documents, site.segments.book.by_key
        )
        site.applier.refuse = lambda bundle, documents: withheld_segments(
            bundle, documents, site.segments.book.by_key
        )
        self.drafts = DraftDesk(site.applier, unifier, site.engines.store, clock)
