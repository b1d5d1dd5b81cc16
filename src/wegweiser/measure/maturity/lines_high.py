"""The evidence of the upper three stages: measured success, market mastered, watching."""

from wegweiser.measure.maturity.evidence import Evidence
from wegweiser.measure.maturity.line import Line
from wegweiser.measure.words import both

_VERDICTS = "docs/measures/verdicts.md"
_SETTLED = ("helps", "harms", "too_small")


def _clean_split(evidence: Evidence) -> float | None:
    checks = evidence.figures("experiment.split_check")
    if any(row["reason"] == "broken" for row in checks):
        return 0.0
    return 1.0 if any(row["estimate"] is not None for row in checks) else None


def _settled(evidence: Evidence) -> float | None:
    told = evidence.figures("verdicts.")
    return float(sum(row["verdict"] in _SETTLED for row in told)) if told else None


def _practised(line: str, evidence: Evidence) -> float | None:
    done = evidence.count("practice", line)
    return done or None


def _holdout_error(evidence: Evidence) -> float | None:
    found = evidence.figure("lifetime.buying.holdout")
    return None if found is None else abs(found)


def _times_read(evidence: Evidence, *measures: str) -> float | None:
    months = evidence.subjects("read")
    return float(sum(name.split(" ")[0] in measures for name in months)) or None


SUCCESS = (
    Line(
        key="split",
        stage=3,
        label=both("Standing holdout with a clean split", "Sauber geteilte Kontrollgruppe"),
        threshold=1,
        unit="count",
        source="experiment.split_check",
        page="docs/measures/split-check.md",
        step=both(
            "Hold out a part of the people all the time, and mend what broke the split.",
            "Halten Sie immer einen Teil der Personen zurück, und beheben Sie, was die Teilung"
            " stört.",
        ),
        enables=both("you see what messages add", "Sie sehen, was Botschaften hinzufügen"),
        worth=3,
        effort=1,
        read=_clean_split,
    ),
    Line(
        key="spend",
        stage=3,
        label=both("Spend with its campaign", "Ausgaben mit Kampagne"),
        threshold=0.8,
        source="costs: media",
        page="docs/guides/load-costs.md",
        step=both(
            "Load what marketing costs, with the campaign of each row.",
            "Laden Sie die Kosten des Marketings, mit der Kampagne jeder Zeile.",
        ),
        enables=both("profit instead of clicks", "Gewinn statt Klicks"),
        worth=3,
        effort=1,
        read=lambda evidence: evidence.share("spend"),
    ),
    Line(
        key="experiments",
        stage=3,
        label=both("Experiments with a verdict", "Versuche mit Urteil"),
        threshold=1,
        unit="count",
        source="verdicts",
        page=_VERDICTS,
        step=both(
            "Finish one experiment: enough people, until its goals are over.",
            "Bringen Sie einen Versuch zu Ende: genug Personen, bis die Ziele abgelaufen sind.",
        ),
        enables=both("knowing what works", "zu wissen, was wirkt"),
        worth=3,
        effort=2,
        read=_settled,
    ),
    Line(
        key="judged_spend",
        stage=3,
        label=both("Spend judged by experiments", "Durch Versuche beurteilte Ausgaben"),
        threshold=0.5,
        source="costs, kept verdicts",
        page=_VERDICTS,
        step=both(
            "Test what costs most first, and write its verdict down.",
            "Prüfen Sie zuerst, was am meisten kostet, und halten Sie das Urteil fest.",
        ),
        enables=both("money follows what works", "Geld folgt dem, was wirkt"),
        worth=3,
        effort=3,
        read=lambda evidence: evidence.share("judged_spend"),
    ),
    Line(
        key="graded",
        stage=3,
        label=both("Advice held against later data", "An späteren Daten gemessener Rat"),
        threshold=1,
        unit="count",
        source="kept verdicts",
        page=_VERDICTS,
        step=both(
            "Write verdicts down once a month, so that later data grade them.",
            "Halten Sie Urteile einmal im Monat fest, damit spätere Daten sie benoten.",
        ),
        enables=both("you know how far advice can be trusted", "Sie wissen, wie weit Rat trägt"),
        worth=2,
        effort=1,
        read=lambda evidence: _practised("graded", evidence),
    ),
)
MARKET = (
    Line(
        key="customer_costs",
        stage=4,
        label=both("Costs with a known customer", "Kosten mit bekanntem Kunden"),
        threshold=0.8,
        source="costs: account, person, order or driver",
        page="docs/guides/load-costs.md",
        step=both(
            "Load costs with the customer, or what drives them.",
            "Laden Sie Kosten mit dem Kunden oder mit dem, was sie verursacht.",
        ),
        enables=both("profit per customer", "Gewinn je Kunde"),
        worth=3,
        effort=3,
        read=lambda evidence: evidence.share("customer_costs"),
    ),
    Line(
        key="lifetime",
        stage=4,
        label=both(
            "Error of customer value on later orders", "Fehler des Kundenwerts an späteren Käufen"
        ),
        threshold=0.15,
        unit="error",
        source="lifetime.buying.holdout",
        page="docs/measures/lifetime-buying.md",
        step=both(
            "Load the order history, and choose the model that foretells best.",
            "Laden Sie die Bestellungen der Vergangenheit, und nehmen Sie das Modell, das am besten"
            " vorhersagt.",
        ),
        enables=both("you know who will be worth it", "Sie wissen, wer es wert sein wird"),
        worth=3,
        effort=2,
        read=_holdout_error,
    ),
    Line(
        key="groups",
        stage=4,
        label=both("Stability of customer groups", "Stabilität der Kundengruppen"),
        threshold=0.6,
        source="profit.groups.stability",
        page="docs/measures/profit-groups.md",
        step=both(
            "Group customers by value and potential, and merge what does not hold.",
            "Teilen Sie Kunden nach Wert und Potenzial ein, und legen Sie zusammen, was nicht"
            " hält.",
        ),
        enables=both("groups that are there next month too", "Gruppen, die auch morgen gelten"),
        worth=2,
        effort=2,
        read=lambda evidence: evidence.figure("profit.groups.stability"),
    ),
    Line(
        key="allocation",
        stage=4,
        label=both("Effort planned from groups", "Einsatz aus Gruppen geplant"),
        threshold=1,
        unit="count",
        source="kept plans",
        page="docs/measures/allocate-effort.md",
        step=both(
            "Plan the next period with allocate.effort, and keep the plan.",
            "Planen Sie den nächsten Zeitraum mit allocate.effort, und halten Sie den Plan fest.",
        ),
        enables=both("effort goes where it pays", "Einsatz dort, wo er sich lohnt"),
        worth=3,
        effort=2,
        read=lambda evidence: _practised("plan", evidence),
    ),
    Line(
        key="plan_measured",
        stage=4,
        label=both("Plans held against what came", "Am Ergebnis gemessene Pläne"),
        threshold=1,
        unit="count",
        source="kept plans",
        page="docs/measures/allocate-effort.md",
        step=both(
            "Open the next period with planned against measured.",
            "Beginnen Sie den nächsten Zeitraum mit Plan gegen Ergebnis.",
        ),
        enables=both("plans that get better", "Pläne, die besser werden"),
        worth=2,
        effort=1,
        read=lambda evidence: _practised("plan_measured", evidence),
    ),
)
WATCHING = (
    Line(
        key="alarms",
        stage=5,
        label=both("False alarms against the promise", "Fehlalarme gegen das Versprechen"),
        threshold=1.0,
        unit="error",
        source="alarms, what their watches promised",
        page="docs/measures/README.md",
        step=both(
            "Switch the watch on, and hold its alarms against what it promised.",
            "Schalten Sie die Beobachtung ein, und messen Sie Alarme am Versprechen.",
        ),
        enables=both("you hear of it early", "Sie erfahren es früh"),
        worth=3,
        effort=1,
        read=lambda evidence: (
            evidence.count("practice", "alarm_false")
            / evidence.whole("practice", "alarms_promised")
            if evidence.whole("practice", "alarms_promised")
            else None
        ),
    ),
    Line(
        key="judged_alarms",
        stage=5,
        label=both("Alarms judged by somebody", "Beurteilte Alarme"),
        threshold=0.7,
        source="alarms",
        page="docs/measures/README.md",
        step=both(
            "Say of each alarm whether it was right.",
            "Sagen Sie von jedem Alarm, ob er berechtigt war.",
        ),
        enables=both("alarms that are worth reading", "Alarme, die das Lesen lohnen"),
        worth=2,
        effort=1,
        read=lambda evidence: (
            evidence.whole("practice", "alarm") / evidence.count("practice", "alarm")
            if evidence.count("practice", "alarm")
            else None
        ),
    ),
    Line(
        key="effect",
        stage=5,
        label=both("Effect measured again", "Wirkung erneut gemessen"),
        threshold=1,
        unit="count",
        source="readings of lift and watch.effect",
        page="docs/measures/lift.md",
        step=both(
            "Ask once a quarter whether messages still work.",
            "Fragen Sie jedes Quartal, ob Botschaften noch wirken.",
        ),
        enables=both("you stop what no longer works", "Sie beenden, was nicht mehr wirkt"),
        worth=2,
        effort=1,
        read=lambda evidence: _times_read(evidence, "lift", "lift.arms", "watch.effect"),
    ),
    Line(
        key="trends",
        stage=5,
        label=both("Rising topics with a decision", "Steigende Themen mit Entscheidung"),
        threshold=1,
        unit="count",
        source="decisions on topics",
        page="docs/measures/trend-rising.md",
        step=both(
            "Decide on each rising topic: follow, wait or ignore.",
            "Entscheiden Sie zu jedem steigenden Thema: aufgreifen, abwarten oder lassen.",
        ),
        enables=both("you speak of it first", "Sie sprechen als Erste davon"),
        worth=2,
        effort=1,
        read=lambda evidence: _practised("trend", evidence),
    ),
    Line(
        key="lead_time",
        stage=5,
        label=both("Lead time known from the past", "Vorlauf aus der Vergangenheit bekannt"),
        threshold=1,
        unit="count",
        source="trend.rising.lead_time",
        page="docs/measures/trend-rising.md",
        step=both(
            "Wait until five rises of the past are over; more terms help.",
            "Warten Sie, bis fünf frühere Anstiege vorbei sind; mehr Begriffe helfen.",
        ),
        enables=both("you know how early you are", "Sie wissen, wie früh Sie dran sind"),
        worth=1,
        effort=1,
        read=lambda evidence: None if evidence.figure("trend.rising.lead_time") is None else 1.0,
    ),
)
