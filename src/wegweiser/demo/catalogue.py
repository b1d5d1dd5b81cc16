"""A hundred messages instead of thirteen, with known truth: what choosing is measured on."""

from wegweiser.demo.chance import stream
from wegweiser.demo.messages import Aim, Offer, Wording

AIMS: tuple[Aim, ...] = ("awaken", "problem", "solution", "proof", "close")
TOPICS = (
    "analytics",
    "pricing",
    "sso",
    "integration",
    "security",
    "data-residency",
    "proof",
    "onboarding",
)
FORMATS = ("card", "banner", "story", "question")
APPEAL_SPREAD = 0.3


def catalogue(seed: int, count: int = 100) -> tuple[Offer, ...]:
    """Draw messages: aim and topic by turns, appeal from N(0, 0.3²) on the logit scale.

    All of them help somebody; the amusing ones, which everybody clicks, are left out.

    >>> offers = catalogue(seed=1)
    >>> len({offer.key for offer in offers}), {offer.aim for offer in offers} == set(AIMS)
    (100, True)
    """
    luck = stream(seed, "catalogue")
    return tuple(
        Offer(
            f"m{number:03}",
            AIMS[number % len(AIMS)],
            TOPICS[number // len(AIMS) % len(TOPICS)],
            luck.gauss(0.0, APPEAL_SPREAD),
            f"/m{number:03}",
            Wording(f"Botschaft {number}", "Ein Satz."),
            Wording(f"Message {number}", "One sentence."),
            ("web", "app", "email", "sales"),
        )
        for number in range(count)
    )
