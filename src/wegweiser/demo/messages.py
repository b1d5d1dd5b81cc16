"""What Nordlicht Systems can say, in two languages, and what each message truly does."""

from typing import Literal

import msgspec

Aim = Literal["awaken", "problem", "solution", "proof", "close", "amuse"]


class Wording(msgspec.Struct, frozen=True):
    """Title and text in one language."""

    title: str
    text: str


class Offer(msgspec.Struct, frozen=True):
    """One message with its truth: `appeal` moves clicks (logit), `aim` says whom it helps."""

    key: str
    aim: Aim
    topic: str
    appeal: float
    path: str
    de: Wording
    en: Wording
    channels: tuple[Literal["web", "app", "email", "sales"], ...]
    value: float = 40.0
    rule: str = ""


OFFERS: tuple[Offer, ...] = (
    Offer(
        "problem-check",
        "problem",
        "analytics",
        0.1,
        "/check",
        Wording("Wo bleiben Ihre Berichte hängen?", "Neun Fragen, fünf Minuten, eine Antwort."),
        Wording("Where do your reports get stuck?", "Nine questions, five minutes, one answer."),
        ("web", "email"),
    ),
    Offer(
        "analytics-webinar",
        "problem",
        "analytics",
        0.0,
        "/webinar/analytics",
        Wording("Webinar: Zahlen, die man versteht", "45 Minuten mit Beispielen aus der Praxis."),
        Wording("Webinar: figures that make sense", "45 minutes with examples from practice."),
        ("web", "app", "email"),
    ),
    Offer(
        "pricing-guide",
        "solution",
        "pricing",
        0.0,
        "/pricing",
        Wording("Was kostet es wirklich?", "Alle Preise auf einer Seite, ohne Sternchen."),
        Wording("What does it really cost?", "All prices on one page, no small print."),
        ("web", "email", "sales"),
        rule='account.traits.plan != "enterprise"',
    ),
    Offer(
        "sso-whitepaper",
        "solution",
        "sso",
        0.0,
        "/security/sso",
        Wording("SSO in einer Stunde", "Anleitung für Ihr Verzeichnis, Schritt für Schritt."),
        Wording("SSO in an hour", "A guide for your directory, step by step."),
        ("web", "email", "sales"),
    ),
    Offer(
        "integration-tour",
        "solution",
        "integration",
        0.1,
        "/docs/integration",
        Wording("Ihre Systeme, verbunden", "Eine Tour durch die 40 häufigsten Anbindungen."),
        Wording("Your systems, connected", "A tour of the 40 most used connections."),
        ("web", "app", "email"),
    ),
    Offer(
        "security-whitepaper",
        "proof",
        "security",
        -0.1,
        "/security",
        Wording("Sicherheit, nachgeprüft", "Was Prüfer fanden und was wir geändert haben."),
        Wording("Security, checked", "What the auditors found and what we changed."),
        ("web", "email", "sales"),
    ),
    Offer(
        "residency-brief",
        "proof",
        "data-residency",
        0.0,
        "/docs/data-residency",
        Wording("Wo liegen Ihre Daten?", "Orte, Verträge und Löschfristen auf zwei Seiten."),
        Wording("Where is your data?", "Places, contracts and deletion dates on two pages."),
        ("web", "email", "sales"),
    ),
    Offer(
        "customer-story",
        "proof",
        "proof",
        0.0,
        "/customers",
        Wording("So macht es Talwerk", "Vom ersten Bericht zum Jahresplan in acht Wochen."),
        Wording("How Talwerk does it", "From first report to annual plan in eight weeks."),
        ("web", "app", "email", "sales"),
    ),
    Offer(
        "roi-calculator",
        "close",
        "pricing",
        -0.4,
        "/roi",
        Wording("Rechnen Sie nach", "Der Nutzen für Ihr Haus, mit Ihren eigenen Zahlen."),
        Wording("Do the sums yourself", "What it brings your house, with your own figures."),
        ("web", "email", "sales"),
        value=80.0,
    ),
    Offer(
        "demo-invite",
        "close",
        "onboarding",
        -0.2,
        "/demo",
        Wording("30 Minuten, Ihre Daten", "Wir zeigen es an einem Beispiel aus Ihrem Alltag."),
        Wording("30 minutes, your data", "We show it with an example from your day."),
        ("web", "app", "email", "sales"),
        value=80.0,
    ),
    Offer(
        "welcome-back",
        "awaken",
        "analytics",
        0.0,
        "/new",
        Wording("Was sich getan hat", "Drei Neuerungen, seit Sie zuletzt hier waren."),
        Wording("What has changed", "Three news since you were last here."),
        ("web", "email"),
    ),
    Offer(
        "conference-raffle",
        "amuse",
        "events",
        1.6,
        "/raffle",
        Wording("Gewinnen Sie eine Karte", "Zwei Tage Konferenz am Meer, wir losen zehn aus."),
        Wording("Win a ticket", "Two conference days by the sea, we draw ten winners."),
        ("web", "app", "email"),
    ),
    Offer(
        "trend-quiz",
        "amuse",
        "events",
        1.1,
        "/quiz",
        Wording("Welcher Wegtyp sind Sie?", "Das Quiz zum Jahresende."),
        Wording("What kind of wanderer are you?", "The quiz for the end of the year."),
        ("web", "email"),
    ),
)
OFFER_BY_KEY: dict[str, Offer] = {offer.key: offer for offer in OFFERS}
