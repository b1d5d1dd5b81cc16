"""The guide that a form promises comes by mail; the signed link in it proves the address."""

from wegweiser.demo.calendar import Visit
from wegweiser.demo.chance import between, stream
from wegweiser.demo.element import Timed
from wegweiser.terms.instant import MINUTE_MS, format_instant
from wegweiser.terms.json import JsonObject

OPENS_GUIDE = 0.9


def guide_opened(seed: int, visit: Visit, at: int) -> tuple[Timed, ...]:
    """Draw whether the link is followed on the browser that asked; a wrong address gets no mail."""
    buyer = visit.buyer
    luck = stream(seed, buyer.user_id, "guide", visit.number)
    opens, later = luck.random() < OPENS_GUIDE, int(between(luck, 1, 20) * MINUTE_MS)
    if buyer.mistypes or not opens:
        return ()
    element: JsonObject = {
        "type": "track",
        "event": "Email Verified",
        "messageId": f"nl{seed}-{buyer.user_id}-v{visit.number}-guide",
        "anonymousId": visit.device.anonymous_id,
        "timestamp": format_instant(at + later),
        "context": {
            "library": {"name": "nordlicht-mail", "version": "1.4"},
            "traits": {"email": buyer.email},
            "verified": ["email"],
        },
        "properties": {"list": "guide"},
    }
    return (Timed(at + later, element),)
