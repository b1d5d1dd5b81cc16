"""The website of Nordlicht Systems: its pages, topics, searches, downloads and campaigns."""

import msgspec

from wegweiser.demo.journey import PageClass

SITE = "https://www.nordlicht.example"

TOPICS = (
    "analytics",
    "pricing",
    "integration",
    "sso",
    "security",
    "onboarding",
    "proof",
    "events",
)
# Hardly anybody asks about it at first; towards the end of the demo many do.
RISING_TOPIC = "data-residency"
RISE_BEGINS = 0.7


class Page(msgspec.Struct, frozen=True):
    """One page; `{topic}` in path and title stands for what the visitor cares about."""

    path: str
    title: str
    topic: str = ""


PAGES: dict[PageClass, tuple[Page, ...]] = {
    "problem": (
        Page("/blog/{topic}-in-plain-words", "{topic} in plain words"),
        Page("/blog/why-reports-get-stuck", "Why reports get stuck", "analytics"),
    ),
    "solution": (
        Page("/product/{topic}", "Nordlicht for {topic}"),
        Page("/product", "The product"),
    ),
    "pricing": (Page("/pricing", "Prices", "pricing"),),
    "comparison": (
        Page("/compare/altpfad", "Nordlicht and Altpfad", "pricing"),
        Page("/compare", "Nordlicht and others"),
    ),
    "technical": (
        Page("/docs/integration", "Connect your systems", "integration"),
        Page("/docs/{topic}", "Documentation: {topic}"),
    ),
    "demo": (Page("/demo", "See a demo"),),
    "security": (
        Page("/security", "Security", "security"),
        Page("/security/sso", "Single sign-on", "sso"),
    ),
    "proof": (Page("/customers", "Customers", "proof"),),
    "careers": (Page("/careers", "Work with us"),),
    "help": (Page("/help/{topic}", "Help: {topic}"),),
}
HOME = Page("/", "Nordlicht Systems")
SIGN_UP = Page("/signup", "Try it free")
LOG_IN = Page("/login", "Log in")

# Where a file is offered: page class to file name.
DOWNLOADS: dict[PageClass, str] = {
    "pricing": "price-list.pdf",
    "security": "security-whitepaper.pdf",
    "proof": "customer-stories.pdf",
    "technical": "integration-guide.pdf",
    "comparison": "buyers-guide.pdf",
}

SEARCHES: dict[str, tuple[str, ...]] = {
    "analytics": ("dashboard export", "forecast", "cohort report"),
    "pricing": ("price per seat", "annual discount"),
    "integration": ("webhook", "csv import", "api limits"),
    "sso": ("saml", "single sign-on", "scim"),
    "security": ("penetration test", "iso 27001", "encryption"),
    "onboarding": ("first steps", "invite colleagues"),
    "proof": ("case study",),
    "events": ("conference",),
    RISING_TOPIC: ("data residency", "where is our data", "eu hosting"),
}

# Referrer and campaign of visits that did not come by themselves, with their chances.
ARRIVALS: dict[tuple[str, str, str, str], float] = {
    ("", "", "", ""): 0.55,
    ("https://search.example/", "", "", ""): 0.25,
    ("https://social.example/", "autumn-signposts", "social-network", "social"): 0.10,
    ("https://social.example/", "customer-voices", "social-network", "social"): 0.04,
    ("https://search.example/", "brand-search", "search-engine", "cpc"): 0.06,
}
