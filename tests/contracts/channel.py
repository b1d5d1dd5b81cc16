"""What every channel must do; inherit, and say how to make one and what its system got."""

import asyncio
from collections.abc import Callable

import pytest

from wegweiser.ports.channel import Channel, Parcel
from wegweiser.terms.json import JsonObject


class ChannelContract:
    """A hand-over answers with a receipt for its parcel, and the content arrives unchanged."""

    @pytest.fixture
    def channel(self) -> Channel:
        """A channel whose own system is there and takes everything."""
        raise NotImplementedError

    @pytest.fixture
    def arrived(self) -> Callable[[], list[JsonObject]]:
        """Tell what arrived so far, as documents with `id` and `data`."""
        raise NotImplementedError

    def test_a_parcel_arrives_and_the_receipt_names_it(self, channel, arrived):
        data = {"message": "welcome", "text": "Grüße & <b>\n\u2028", "n": [1, None, 2.5]}
        receipt = asyncio.run(channel.hand_over(Parcel("msg_1", "message.send", 1, data)))
        assert (receipt.parcel_id, receipt.state) == ("msg_1", "delivered")
        assert [(document["id"], document["data"]) for document in arrived()] == [("msg_1", data)]

    def test_a_repeated_parcel_keeps_its_id(self, channel, arrived):
        parcel = Parcel("msg_1", "message.send", 1, {"message": "welcome"})
        receipts = [asyncio.run(channel.hand_over(parcel)) for _ in range(3)]
        assert {receipt.state for receipt in receipts} == {"delivered"}
        assert {document["id"] for document in arrived()} == {"msg_1"}

    def test_hand_overs_at_once_all_arrive(self, channel, arrived):
        async def all_at_once():
            parcels = [Parcel(f"msg_{n}", "message.send", n, {"n": n}) for n in range(20)]
            return await asyncio.gather(*map(channel.hand_over, parcels))

        receipts = asyncio.run(all_at_once())
        assert [receipt.parcel_id for receipt in receipts] == [f"msg_{n}" for n in range(20)]
        assert [told for told in receipts if told.state != "delivered"] == [], receipts
        assert sorted(document["data"]["n"] for document in arrived()) == list(range(20))
