"""The journey that counts without any configuration: expert tables for selling to companies."""

from wegweiser.terms.json import JsonObject

_MUCH, _SOME, _PLAIN = "much", "some", "plain"
# Weights of what people look at; what a stage does not name is rare.
WEIGHTS = {_MUCH: 8.0, _SOME: 3.0, _PLAIN: 1.0, "rare": 0.1}


def _looks(much: str = "", some: str = "", plain: str = "") -> JsonObject:
    named = ((_MUCH, much), (_SOME, some), (_PLAIN, plain))
    return {name: weight for weight, names in named for name in names.split()}


# The table of the specification: start, sessions a day, looks, moves a day.
START: JsonObject = {
    "dormant": 0.50,
    "explore": 0.25,
    "evaluate": 0.08,
    "validate": 0.03,
    "commit": 0.01,
    "customer": 0.05,
    "stalled": 0.03,
    "not_buyer": 0.05,
}
VISITS: JsonObject = {
    "dormant": 0.02,
    "explore": 0.30,
    "evaluate": 0.80,
    "validate": 0.60,
    "commit": 0.50,
    "customer": 0.20,
    "stalled": 0.03,
    "not_buyer": 0.25,
}
_AWAY = _looks("", "problem", "solution pricing technical product_use careers help")
LOOKS: JsonObject = {
    "dormant": _AWAY,
    "explore": _looks(
        "problem", "solution", "pricing comparison technical demo proof meeting careers"
    ),
    "evaluate": _looks(
        "solution comparison", "problem pricing technical demo proof", "security meeting"
    ),
    "validate": _looks(
        "technical security proof",
        "solution pricing comparison demo meeting",
        "problem product_use",
    ),
    "commit": _looks("pricing security meeting", "technical demo proof", "problem product_use"),
    "customer": _looks("product_use help", "technical", "pricing meeting"),
    "stalled": _AWAY,
    "not_buyer": _looks("careers", "help", "problem solution technical"),
}
MOVES: JsonObject = {
    "dormant": {"explore": 0.02, "not_buyer": 0.001},
    "explore": {"evaluate": 0.05, "dormant": 0.04, "stalled": 0.01, "not_buyer": 0.005},
    "evaluate": {"validate": 0.05, "explore": 0.03, "stalled": 0.03, "dormant": 0.005},
    "validate": {"commit": 0.06, "evaluate": 0.04, "stalled": 0.02},
    "commit": {"customer": 0.08, "validate": 0.03, "stalled": 0.02},
    "customer": {"evaluate": 0.005, "dormant": 0.001},
    "stalled": {"evaluate": 0.02, "explore": 0.015, "dormant": 0.02},
    "not_buyer": {"explore": 0.002, "dormant": 0.01},
}


def _class(words: str, *events: str) -> JsonObject:
    return {"words": [*words.split()], "events": [*events]}


# Classes in the order in which one part of a path or a text is tried.
EVIDENCE: JsonObject = {
    "careers": _class(
        "career careers job jobs karriere stellen stellenangebote work-with-us",
        "Job Application Submitted",
    ),
    "help": _class(
        "help hilfe support faq status knowledge-base helpdesk",
        *("Support Requested", "Ticket Created", "Help Viewed"),
    ),
    "product_use": _class(
        "app workspace dashboard",
        *("Feature Used", "Application Opened", "Logged In", "Screen Viewed"),
    ),
    "pricing": _class(
        "pricing price prices preis preise tarif tarife kosten cost costs plans quote angebot"
        " discount rabatt",
        *("Price List Requested", "Quote Requested"),
    ),
    "comparison": _class(
        "compare comparison comparisons vergleich vergleiche alternative alternatives alternativen"
        " versus vs competitors buyers-guide",
    ),
    "security": _class(
        "security sicherheit trust compliance gdpr dsgvo datenschutzkonzept sso saml scim iso-27001"
        " soc-2 encryption penetration-test data-residency",
    ),
    "demo": _class(
        "demo demos trial testen test-drive walkthrough vorfuehrung signup sign-up",
        *("Demo Booked", "Demo Requested", "Trial Started", "Signed Up"),
    ),
    "meeting": _class(
        "meeting termin contact kontakt sales beratung book-a-call",
        *("Meeting Booked", "Meeting Held", "Sales Conversation Logged", "Contact Requested"),
    ),
    "proof": _class(
        "customers kunden case-study case-studies customer-stories referenz referenzen reviews"
        " success-stories testimonials roi",
    ),
    "technical": _class(
        "docs documentation dokumentation developers developer entwickler api integration"
        " integrations schnittstellen architecture technical webhook csv-import",
    ),
    "problem": _class(
        "blog magazin magazine ratgeber guide guides wissen news insights learn what-is was-ist"
        " webinar webinars whitepaper research",
        "Webinar Attended",
    ),
    "solution": _class(
        "product products produkt produkte solution solutions loesung loesungen feature features"
        " funktionen platform plattform use-cases industries branchen",
    ),
}
_WON: JsonObject = {"certain": "customer"}
_OPENED: JsonObject = {"times": {"evaluate": 8, "validate": 8}}
_LOST: JsonObject = {"times": {"stalled": 8, "dormant": 3}}
FACTS: JsonObject = {
    "Opportunity Won": _WON,
    "Deal Won": _WON,
    "Closed Won": _WON,
    "Contract Signed": _WON,
    "Order Completed": _WON,
    "Opportunity Opened": _OPENED,
    "Opportunity Created": _OPENED,
    "Deal Opened": _OPENED,
    "Deal Created": _OPENED,
    "Opportunity Lost": _LOST,
    "Deal Lost": _LOST,
    "Closed Lost": _LOST,
    "Job Application Submitted": {"times": {"not_buyer": 20}},
}
# Events whose own words tell the class: a search, a file's name, a form.
READ: list[str] = [
    *("Page Viewed", "Search Performed", "File Downloaded", "Form Submitted", "Link Clicked"),
]
NAMES: JsonObject = {
    "dormant": {"en": "dormant", "de": "ruhend"},
    "explore": {"en": "explore", "de": "erkunden"},
    "evaluate": {"en": "evaluate", "de": "vergleichen"},
    "validate": {"en": "validate", "de": "prüfen"},
    "commit": {"en": "commit", "de": "entscheiden"},
    "customer": {"en": "customer", "de": "Kunde"},
    "stalled": {"en": "stalled", "de": "stockend"},
    "not_buyer": {"en": "not a buyer", "de": "kein Kaufinteresse"},
}
DEFAULT: JsonObject = {
    "kind": "journey",
    "key": "default",
    "start": START,
    "visits_per_day": VISITS,
    "looks": LOOKS,
    "moves_per_day": MOVES,
    "evidence": EVIDENCE,
    "read_words_of": [*READ],
    "facts": FACTS,
    "roles": {},
    "competitors": [],
    "names": NAMES,
}
