"""Settings: who may do what, and how long is what kept."""

from wegweiser.web.pages.frame.family import Family, MenuEntry, Page
from wegweiser.web.pages.settings.audit import FILTERS, audit
from wegweiser.web.pages.settings.claims import PATH
from wegweiser.web.pages.settings.company import company
from wegweiser.web.pages.settings.consent import claims, consent
from wegweiser.web.pages.settings.demo import demo
from wegweiser.web.pages.settings.index import index
from wegweiser.web.pages.settings.keys import keys
from wegweiser.web.pages.settings.me import me
from wegweiser.web.pages.settings.people import people
from wegweiser.web.pages.settings.reports import reports
from wegweiser.web.pages.settings.requests import document, requests
from wegweiser.web.pages.settings.stages import stages
from wegweiser.web.pages.settings.workspace_rooms import channels, engines
from wegweiser.web.text import mark

_BOTH = ("GET", "POST")

FAMILY = Family(
    (
        Page("/settings", index, right=None),
        Page("/settings/me", me, _BOTH, right=None),
        Page("/settings/people", people, _BOTH, right="people"),
        Page("/settings/keys", keys, _BOTH, right="senders"),
        Page("/settings/company", company, _BOTH, right="configure"),
        Page("/settings/stages", stages, right="define"),
        Page("/settings/channels", channels, _BOTH, right="configure"),
        Page("/settings/consent", consent, _BOTH, right="erase"),
        Page(PATH, claims, ("POST",), right="who_is_who"),
        Page("/settings/requests", requests, _BOTH, right="erase"),
        Page("/settings/requests/{request_id}.json", document, right="take_persons"),
        Page("/settings/reports", reports, _BOTH, right="figures", write="configure"),
        Page("/settings/engines", engines, right="configure"),
        Page("/settings/demo", demo, _BOTH, right="configure"),
        Page(
            "/settings/audit", audit, _BOTH, right="audit", words=("page", "form"), filters=FILTERS
        ),
    ),
    MenuEntry(
        "/settings", mark("Settings"), "e", mark("Who may do what, and how long is it kept?")
    ),
)
