"""Both databases of regions keep the contract; a broken file is refused with its remedy."""

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPNetwork, IPSet

from tests.contracts.regions import RegionsContract
from wegweiser.adapters.maxmind import MaxmindRegions
from wegweiser.adapters.memory_regions import MemoryRegions
from wegweiser.ports.regions import Place
from wegweiser.terms.errors import InputRefused


def record(place, **more):
    """A record as city databases hold it."""
    first = [{"iso_code": place.region.partition("-")[2]}] if place.region else []
    return {"country": {"iso_code": place.country}, "subdivisions": first, **more}


def written(path, records):
    writer = MMDBWriter(6, "test-city", languages=["en"], ipv4_compatible=True)
    for network, content in records.items():
        writer.insert_network(IPSet([IPNetwork(network)]), content)
    writer.to_db_file(str(path))
    return path


class TestMemoryRegions(RegionsContract):
    def make_regions(self, places):
        return MemoryRegions(places)

    def test_the_smallest_network_counts(self):
        regions = MemoryRegions({"192.0.2.0/24": Place("DE"), "192.0.2.0/28": Place("FR")})
        assert regions.place_of("192.0.2.3") == Place("FR")


class TestMaxmindRegions(RegionsContract):
    @pytest.fixture(autouse=True)
    def folder(self, tmp_path):
        self.path = tmp_path / "regions.mmdb"

    def make_regions(self, places):
        records = {network: record(place) for network, place in places.items()}
        return MaxmindRegions(written(self.path, records))

    def test_a_proxy_is_nowhere(self):
        hidden = record(Place("DE"), traits={"is_anonymous_proxy": True})
        assert (
            MaxmindRegions(written(self.path, {"192.0.2.0/24": hidden})).place_of("192.0.2.1")
            is None
        )

    def test_a_record_of_another_shape_is_nowhere(self):
        path = written(
            self.path, {"192.0.2.0/24": {"asn": 64496}, "198.51.100.0/24": {"country": "x"}}
        )
        regions = MaxmindRegions(path)
        assert regions.place_of("192.0.2.1") is None
        assert regions.place_of("198.51.100.1") is None


@pytest.mark.parametrize("content", [None, b"", b"no database"])
def test_a_file_that_is_no_database_is_refused(tmp_path, content):
    path = tmp_path / "broken.mmdb"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputRefused, match="region_database"):
        MaxmindRegions(path)
