"""A decision in the words of OpenFeature: one flag per placement, its value the chosen content."""

from wegweiser.decide.policy import Policy
from wegweiser.terms.contact import outbound
from wegweiser.terms.decision import Decision, How, Item
from wegweiser.terms.json import JsonObject
from wegweiser.terms.message import Placement

NOTHING = "nothing"
_REASONS: dict[How, str] = {
    "best": "TARGETING_MATCH",
    "sampled": "SPLIT",
    "floor": "SPLIT",
    "arm": "SPLIT",
    "fallback": "UNKNOWN",
}


def flags_of(policy: Policy) -> list[str]:
    """List the placements that can be asked for as flags: those that send nothing by themselves."""
    return sorted(key for key, one in policy.placements.items() if not outbound(one))


def evaluation(
    decision: Decision, policy: Policy, key: str, public: bool, token: str = ""
) -> JsonObject:
    """Write what a decision says of one placement; where it is nothing there is no `value`.

    `policy` is the one that decided. `token` lets its holder tell the outcomes of the item;
    metadata are flat, a public key sees no probability, no arm and no model.
    """
    placement = policy.placements[key]
    item = next((one for one in decision.items if (one.placement, one.slot) == (key, 0)), None)
    told: JsonObject = {"key": key}
    if item is None:
        told |= {"reason": _reason_of_nothing(policy, placement), "variant": NOTHING}
        if placement.nothing_value:
            told["value"] = placement.nothing_value
    else:
        name = f"{item.message}/{item.variant}"
        told |= {"reason": _REASONS[item.how], "variant": name}
        told["value"] = {
            "show": True,
            "message": item.message,
            "variant": item.variant,
            "content": policy.by_id[name].variant.content,
        }
    return told | {"metadata": _metadata(decision, key, item, public, token)}


def _reason_of_nothing(policy: Policy, placement: Placement) -> str:
    """Tell a flag that was switched off from one where nothing was to be said."""
    here = [
        message
        for message in policy.messages.values()
        if any(variant.channel == placement.channel for variant in message.variants)
    ]
    return "DISABLED" if here and all(message.stopped for message in here) else "UNKNOWN"


def _metadata(
    decision: Decision, key: str, item: Item | None, public: bool, token: str
) -> JsonObject:
    told: JsonObject = {"placement": key, "bundle": decision.bundle}
    if decision.decision_id:
        told["decision_id"] = decision.decision_id
    if item is not None:
        told |= {"slot": item.slot, "message": item.message, "variant": item.variant}
    if token:
        told["token"] = token
    if not public:
        told |= {"arm": decision.arm, "model": decision.model}
        if item is not None:
            told["pi"] = item.pi
    return told
