"""Everything about accounts, put together for the doors: reading, statements, declarations."""

from typing import TYPE_CHECKING

from wegweiser.flow.account_desk import AccountDesk
from wegweiser.flow.account_rollup import AccountReading
from wegweiser.flow.buying_groups import BuyingGroups
from wegweiser.flow.suggestions import Suggestions
from wegweiser.profile.completeness import Completeness
from wegweiser.resolve.account_side import MemberShare

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

__all__ = ["AccountRoom", "Completeness", "MemberShare"]


class AccountRoom:
    """`reading` gives members, sums and completeness, `desk` takes what operators say."""

    def __init__(self, site: "Site"):
        store, clock = site.engines.store, site.clock
        directory, views = site.unifier.directory, site.views
        directory.account_book.senders = site.callers.senders
        self.suggestions = Suggestions(directory, views.domain_owners, store)
        self.buying_groups = BuyingGroups(store, views.forget_views)
        views.buying_groups = self.buying_groups
        self.reading = AccountReading(directory, views, self.suggestions, self.buying_groups, clock)
        self.desk = AccountDesk(directory, self.suggestions, site.intake, clock, views)
