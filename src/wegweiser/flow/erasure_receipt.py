"""An erasure on its way, and the receipt that proves it without naming anybody."""

import hashlib
from collections.abc import Sequence

import msgspec

from wegweiser.flow.erasure_changes import erased_decisions
from wegweiser.flow.erasure_findings import Findings
from wegweiser.flow.erasure_subject import Erasable
from wegweiser.flow.receipt_keys import ReceiptKeys, verifies
from wegweiser.flow.retention import Expired
from wegweiser.terms.identity import Identifier
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject

Numbers = dict[str, int]


class Receipt(msgspec.Struct, frozen=True, rename="camel"):
    """Proof of an erasure without personal data, signed so that anybody can verify it.

    `subject` is the SHA-256 over the keyed hashes of what was erased, so that whoever holds the
    secret can show whom it was about; `key_id` tells with which key `signature` was made
    (Ed25519, base64). Times are ISO.
    """

    request_id: str
    requested_at: str
    finished_at: str
    log_position: int
    counts: Numbers
    subject: str
    suppressed: bool = True
    key_id: str = ""
    signature: str = ""

    @property
    def signed_text(self) -> bytes:
        """What is signed: the JSON of all other fields, keys sorted, without blanks."""
        plain = msgspec.to_builtins(self)
        del plain["signature"]
        return msgspec.json.encode(plain, order="sorted")

    def signed(self, keys: ReceiptKeys) -> "Receipt":
        """Give the receipt with its signature."""
        named = msgspec.structs.replace(self, key_id=keys.key_id, signature="")
        return msgspec.structs.replace(named, signature=keys.sign(named.signed_text))

    def is_intact(self, public_key: bytes) -> bool:
        """Tell whether it is as it was signed, by a public key in PEM."""
        return verifies(public_key, self.signed_text, self.signature)


class Running(msgspec.Struct, frozen=True):
    """A request that is not finished; its names and its secret go as soon as they can.

    `positions` are those of changed log records, `decisions` the ids of decisions about the
    erased; both and `numbers` are known once the store is changed. `freed` names may begin
    anew once it is done. With `expired` nobody is erased, but content by its age.
    """

    request_id: str
    at: int
    erasable: Erasable
    secret: bytes
    positions: tuple[int, ...] = ()
    decisions: tuple[str, ...] = ()
    numbers: Numbers = {}
    receipt: Receipt | None = None
    suppress: bool = True
    freed: tuple[Identifier, ...] = ()
    expired: Expired | None = None

    def with_findings(self, found: Findings, numbers: Numbers) -> "Running":
        """Note what was changed; what an earlier try had changed counts as well."""
        decisions = (old.decision_id for old in erased_decisions(found))
        return msgspec.structs.replace(
            self,
            positions=tuple(sorted({*self.positions, *found.records})),
            decisions=tuple(sorted({*self.decisions, *decisions})),
            numbers={
                name: max(count, self.numbers.get(name, 0)) for name, count in numbers.items()
            },
        )

    def with_typed(self, counts: Numbers) -> "Running":
        """Note what was typed about the erased, by place, and is gone."""
        return msgspec.structs.replace(self, numbers={**self.numbers, **counts})

    def nameless(self, receipt: Receipt) -> "Running":
        """Give what is left to do once everything is gone but its traces on disk."""
        return Running(
            self.request_id, self.at, Erasable(), b"", receipt=receipt, suppress=self.suppress
        )


def numbers_of(erasable: Erasable, found: Findings) -> Numbers:
    """Count what was found."""
    return {
        "persons": erasable.persons,
        "accounts": len(erasable.accounts),
        "identifiers": len(erasable.all_names),
        "events": found.events,
        "quarantined": found.refused,
        "webhooks": found.arrived,
        "decisions": len(found.decisions) - len(found.retold),
        "outcomes": len(found.outcomes),
        "records": len(found.records),
        **{place: count for place, count in found.typed.items() if count},
    }


def numbers_of_age(found: Findings) -> Numbers:
    """Count what lost its content by its age."""
    return {
        "events": found.stripped,
        "quarantined": found.refused,
        "webhooks": found.arrived,
        "decisions": len(found.decisions),
        "records": len(found.records),
    }


def receipt_of(running: Running, now: int, position: int, digests: Sequence[bytes]) -> Receipt:
    """Make the receipt, not yet signed."""
    return Receipt(
        running.request_id,
        format_instant(running.at),
        format_instant(now),
        position,
        dict(running.numbers),
        hashlib.sha256(b"".join(digests)).hexdigest(),
        running.suppress,
    )


def written(status: str, numbers: Numbers, receipt: Receipt | None = None) -> JsonObject:
    """Write the answer of the contract (wire, section 13)."""
    proof: Json = None if receipt is None else msgspec.to_builtins(receipt)
    return {
        "request_id": None if receipt is None else receipt.request_id,
        "status": status,
        "persons": numbers["persons"],
        "identifiers": numbers["identifiers"],
        "events": numbers["events"],
        "receipt": proof,
    }
