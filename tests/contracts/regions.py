"""What every database of regions must do; inherit, and say how to make one in `make_regions`."""

from collections.abc import Mapping

import pytest

from wegweiser.ports.regions import Place, Regions

PLACES = {
    "192.0.2.0/24": Place("DE", "DE-BY"),
    "198.51.100.0/24": Place("AT"),
    "2001:db8:1::/48": Place("CH", "CH-ZH"),
}


class RegionsContract:
    """Known networks have a place, all else has none, and nothing that is asked is an error."""

    def make_regions(self, places: Mapping[str, Place]) -> Regions:
        """Make a database that knows these networks."""
        raise NotImplementedError

    @pytest.fixture
    def regions(self) -> Regions:
        return self.make_regions(PLACES)

    @pytest.mark.parametrize(
        ("address", "place"),
        [
            ("192.0.2.1", Place("DE", "DE-BY")),
            ("192.0.2.255", Place("DE", "DE-BY")),
            ("198.51.100.9", Place("AT")),
            ("2001:db8:1::7", Place("CH", "CH-ZH")),
        ],
    )
    def test_an_address_of_a_known_network_has_its_place(self, regions, address, place):
        assert regions.place_of(address) == place

    @pytest.mark.parametrize("address", ["203.0.113.1", "2001:db8:2::1", "127.0.0.1", "::1"])
    def test_any_other_address_has_none(self, regions, address):
        assert regions.place_of(address) is None

    @pytest.mark.parametrize("text", ["", "here", "192.0.2", "192.0.2.1/24", "2001:db8::/32", "\0"])
    def test_what_is_no_address_has_none(self, regions, text):
        assert regions.place_of(text) is None
