"""What the rest of the system is told of a delivery that is over."""

from wegweiser.deliver.receipt import Delivery
from wegweiser.terms.outcome import Outcome, OutcomeKind

# Of what may have arrived nothing is told, so that its contact goes on counting.
_KINDS: dict[str, OutcomeKind] = {
    "delivered": "delivered",
    "refused": "bounced",
    "withdrawn": "withdrawn",
    "blocked": "withdrawn",
    "dead": "withdrawn",
    "disabled": "withdrawn",
    "given_up": "withdrawn",
}


def outcome_of(delivery: Delivery, at: int) -> Outcome | None:
    """Give the outcome of a delivery at a moment (ms), None while there is nothing to tell."""
    kind = _KINDS.get(delivery.state)
    data = delivery.parcel.data
    slot = data["slot"]
    if kind is None or (kind == "withdrawn" and delivery.perhaps):
        return None
    return Outcome(
        outcome_id=f"{delivery.parcel.parcel_id}:{kind}",
        kind=kind,
        at=at,
        decision_id=str(data["decisionId"]),
        placement=str(data["placement"]),
        slot=slot if isinstance(slot, int) else 0,
        source_id=delivery.endpoint,
        detail=_detail_of(delivery, kind),
    )


def _detail_of(delivery: Delivery, kind: OutcomeKind) -> str:
    """Say why nothing was sent, in words of our own: a server's answer often names an address."""
    if kind == "withdrawn":
        return delivery.detail if delivery.state in ("withdrawn", "blocked") else delivery.state
    return "hard" if kind == "bounced" else ""
