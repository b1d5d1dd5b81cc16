"""The evidence of the first two stages: web data, and revenue joined to it."""

from wegweiser.measure.maturity.evidence import Evidence
from wegweiser.measure.maturity.line import Line
from wegweiser.measure.words import both

_TAG = "docs/guides/put-the-tag-on-your-site.md"


def _tagged_hosts(evidence: Evidence) -> float | None:
    hosts = {name: found for name, found in evidence.subjects("host").items() if name}
    tagged = sum(n > 0 for n, _ in hosts.values())
    return tagged / len(hosts) if hosts else None


def _arrived(evidence: Evidence) -> float | None:
    if not evidence.subjects("host"):
        return None
    names = ("Search Performed", "File Downloaded")
    return float(sum(evidence.count("arrived", name) > 0 for name in names))


def _days_with_events(evidence: Evidence) -> float | None:
    days = evidence.subjects("day")
    return min(1.0, len(days) / evidence.days_known()) if days else None


def _off_finance(evidence: Evidence) -> float | None:
    total = evidence.count("finance")
    return abs(evidence.count("ledger") - total) / total if total > 0 else None


def _leaks_judged(evidence: Evidence) -> float | None:
    return evidence.figure("revenue.leaks.passed")


def _months_read(evidence: Evidence) -> float | None:
    months = [name for name in evidence.subjects("read") if name.startswith("revenue.relations ")]
    needed = max(1, min(3, evidence.days_known() // 30))
    return len(months) / needed if evidence.subjects("read") else None


def _has_accounts(evidence: Evidence) -> bool:
    return evidence.count("account_revenue") > 0


WEB = (
    Line(
        key="tag",
        stage=1,
        label=both("Hosts with the tag", "Hosts mit dem Tag"),
        threshold=0.9,
        source="events: page views by host",
        page=_TAG,
        step=both("Put the tag on every host.", "Setzen Sie das Tag auf jeden Host."),
        enables=both("every visit is seen", "jeder Besuch wird gesehen"),
        worth=3,
        effort=1,
        read=_tagged_hosts,
    ),
    Line(
        key="dwell",
        stage=1,
        label=both("Views with a measured time", "Aufrufe mit gemessener Dauer"),
        threshold=0.7,
        source="events: Engaged Time",
        page="docs/measures/web-dwell.md",
        step=both(
            "Let the tag send Engaged Time on every page.",
            "Lassen Sie das Tag auf jeder Seite Engaged Time senden.",
        ),
        enables=both("you see what is read", "Sie sehen, was gelesen wird"),
        worth=2,
        effort=1,
        read=lambda evidence: evidence.share("dwell"),
    ),
    Line(
        key="region",
        stage=1,
        label=both("Views with a region", "Aufrufe mit Region"),
        threshold=0.9,
        source="events: region",
        page="docs/guides/enrichment.md",
        step=both(
            "Give the server an address table, or send the region.",
            "Geben Sie dem Server eine Adresstabelle, oder senden Sie die Region mit.",
        ),
        enables=both("comparing regions, and tests by region", "Vergleiche und Tests je Region"),
        worth=1,
        effort=1,
        read=lambda evidence: evidence.share("region"),
    ),
    Line(
        key="bots",
        stage=1,
        label=both("Views whose agent is known", "Aufrufe mit bekanntem Programm"),
        threshold=0.9,
        source="events: browser, device, bot",
        page="docs/guides/enrichment.md",
        step=both(
            "Send the user agent with every page view, so that bots are told apart.",
            "Senden Sie mit jedem Aufruf den User-Agent, damit Bots erkannt werden.",
        ),
        enables=both("counts of people, not of bots", "Zahlen von Menschen, nicht von Bots"),
        worth=2,
        effort=1,
        read=lambda evidence: evidence.share("agent"),
    ),
    Line(
        key="searches",
        stage=1,
        label=both("Searches and downloads arriving", "Suchen und Downloads kommen an"),
        threshold=2,
        unit="count",
        source="events: Search Performed, File Downloaded",
        page="docs/measures/web-searches.md",
        step=both(
            "Let the tag see the search page and the links to files.",
            "Zeigen Sie dem Tag die Suchseite und die Links auf Dateien.",
        ),
        enables=both("you see what people want and miss", "Sie sehen, was gesucht wird und fehlt"),
        worth=2,
        effort=1,
        read=_arrived,
    ),
    Line(
        key="consent",
        stage=1,
        label=both("Views with a consent state", "Aufrufe mit Stand der Einwilligung"),
        threshold=0.95,
        source="events: context.consent",
        page="docs/guides/privacy-at-the-door.md",
        step=both(
            "Connect the consent manager, so that each event tells its state.",
            "Binden Sie das Einwilligungswerkzeug an, damit jedes Ereignis seinen Stand nennt.",
        ),
        enables=both("using what you know, lawfully", "rechtmäßig nutzen, was Sie wissen"),
        worth=3,
        effort=2,
        read=lambda evidence: evidence.share("consent"),
    ),
    Line(
        key="days",
        stage=1,
        label=both("Days without a gap", "Tage ohne Lücke"),
        threshold=0.95,
        source="events: days with any",
        page="docs/guides/operate.md",
        step=both(
            "Find out why nothing arrived on some days.",
            "Finden Sie heraus, warum an manchen Tagen nichts ankam.",
        ),
        enables=both("figures that can be compared", "vergleichbare Zahlen"),
        worth=2,
        effort=2,
        read=_days_with_events,
    ),
)
REVENUE = (
    Line(
        key="finance",
        stage=2,
        label=both("Difference to the finance total", "Abweichung von der Buchhaltung"),
        threshold=0.005,
        unit="error",
        source="revenue.ledger, series of the role sales",
        page="docs/measures/revenue-ledger.md",
        step=both(
            "Load the finance total as a series of the role sales, and mend what differs.",
            "Laden Sie die Summe der Buchhaltung als Reihe der Rolle sales, und beheben Sie die"
            " Abweichung.",
        ),
        enables=both("a ledger that all believe", "ein Umsatz, dem alle glauben"),
        worth=3,
        effort=2,
        read=_off_finance,
    ),
    Line(
        key="joined",
        stage=2,
        label=both("Revenue joined to a profile", "Umsatz mit Profil"),
        threshold=0.6,
        source="revenue.ledger.joined.person",
        page="docs/measures/revenue-ledger.md",
        step=both(
            "Send userId or e-mail with orders, and the same at the login.",
            "Senden Sie userId oder E-Mail mit Bestellungen und dieselbe bei der Anmeldung.",
        ),
        enables=both(
            "what brought revenue becomes visible", "es wird sichtbar, was Umsatz brachte"
        ),
        worth=3,
        effort=2,
        read=lambda evidence: evidence.figure("revenue.ledger.joined.person"),
    ),
    Line(
        key="accounts",
        stage=2,
        label=both("Revenue with an account", "Umsatz mit Unternehmen"),
        threshold=0.7,
        source="ledger: account_id",
        page="docs/guides/accounts.md",
        step=both(
            "Send a group for every buyer, or let e-mail domains tell the company.",
            "Senden Sie für alle, die kaufen, eine Gruppe, oder lassen Sie die E-Mail-Domain"
            " das Unternehmen nennen.",
        ),
        enables=both("buying groups, and profit by company", "Einkaufsgruppen, Gewinn je Firma"),
        worth=2,
        effort=2,
        read=lambda evidence: evidence.share("account_revenue"),
        needed=_has_accounts,
    ),
    Line(
        key="refunds",
        stage=2,
        label=both("Refunds present", "Rückzahlungen vorhanden"),
        threshold=1,
        unit="count",
        source="ledger: amounts below 0",
        page="docs/measures/revenue-ledger.md",
        step=both(
            "Send refunds and cancellations as they happen.",
            "Senden Sie Rückzahlungen und Stornos, wenn sie geschehen.",
        ),
        enables=both("revenue that stays", "Umsatz, der bleibt"),
        worth=2,
        effort=1,
        read=lambda evidence: evidence.count("returns") if evidence.count("sales") else None,
    ),
    Line(
        key="leaks",
        stage=2,
        label=both("Features past the leak gate", "Merkmale durch die Leck-Prüfung"),
        threshold=1,
        unit="count",
        source="revenue.leaks.passed",
        page="docs/measures/revenue-leaks.md",
        step=both(
            "Run revenue.leaks and confirm or leave out what it asks about.",
            "Fragen Sie revenue.leaks, und bestätigen Sie oder lassen Sie weg, was dort steht.",
        ),
        enables=both("relations that are not mirages", "Zusammenhänge, die keine Trugbilder sind"),
        worth=2,
        effort=1,
        read=_leaks_judged,
    ),
    Line(
        key="relations",
        stage=2,
        label=both("Months in which relations were read", "Monate mit gelesenen Zusammenhängen"),
        threshold=1.0,
        source="readings of revenue.relations",
        page="docs/guides/mail-reports.md",
        step=both(
            "Have revenue.relations mailed once a month.",
            "Lassen Sie sich revenue.relations einmal im Monat mailen.",
        ),
        enables=both("ideas worth a test", "Ideen, die einen Test wert sind"),
        worth=1,
        effort=1,
        read=_months_read,
    ),
)
