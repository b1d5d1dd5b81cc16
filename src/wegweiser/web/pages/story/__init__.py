"""The story of the demo: five stops on real pages, each with the truth of a made-up company."""

from wegweiser.web.pages.frame.family import Family, Page
from wegweiser.web.pages.story.tour import stop

FAMILY = Family((Page("/story/{number}", stop, right="define"),))
