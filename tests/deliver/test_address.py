"""The outbound client calls public addresses, and inner ones only where the operator said so."""

import json
from ipaddress import ip_address

import pytest

from wegweiser.deliver.address import AddressRules, check_url, is_public
from wegweiser.terms.errors import InputRefused

RESOLVED = {
    "127.0.0.1.nip.io": ["127.0.0.1"],
    "metadata.google.internal": ["169.254.169.254"],
    "db.internal": ["10.0.0.6"],
    "postgres": ["10.0.0.7"],
    "rebind.test": ["127.0.0.1"],
    "mixed.test": ["93.184.216.34", "10.0.0.5"],
}


def verdict(rules, url):
    """Judge a URL and then every answer of its name, as the client does."""
    try:
        rules.check_url(url)
        host = url.split("/")[2].partition(":")[0]
        for address in RESOLVED.get(host, ["93.184.216.34"]):
            rules.check_address(host, address)
    except InputRefused as refused:
        return "block" if (refused.code, refused.status) == ("blocked_address", 422) else refused
    return "allow"


@pytest.mark.parametrize("allow_http", [False, True])
def test_every_hostile_line_ends_as_it_must(shared_data, allow_http):
    rules = AddressRules(
        allow_http=allow_http,
        ports=frozenset({443, 8443, 6379, 8080, 80}),
        own_names=frozenset({"SELF.example"}),
    )
    lines = (shared_data("hostile") / "urls.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    assert len(cases) > 40
    # A redirect is the receiver's answer: the client's own test shows that it is not followed.
    judged = [case for case in cases if not case["name"].startswith("redirect")]
    wrong = [case["name"] for case in judged if verdict(rules, case["url"]) != case["expect"]]
    assert wrong == []


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://example.org:443:80/",
        "https://example.org:/",
        "https://example.org./",
        "https://example..org/",
        "https://-a.example.org/",
        "https://exa mple.org/",
        "https://example.org/a b",
        "https://example.org/\n",
        "https://example.org/\x00",
        "https://example.org\\@10.0.0.1/",
        "https://münchen.example/",
        "https://example.org/#x",
        "https://0x7f.1/",
        "https://1.2.3/",
        "https://example.0x1/",
        "https://[::ffff:10.0.0.1]/",
        "https://[2606:2800:220:1::1]/",
        "https://93.184.216.34/",
        "https://intranet/",
        "https://a.local/",
        "https://router.home.arpa/",
        "//example.org/",
        "example.org",
        "",
        "javascript:alert(1)",
        "https://example.org/" + "a" * 3000,
    ],
)
def test_neighbours_of_the_hostile_lines_are_refused(url):
    with pytest.raises(InputRefused, match="may not be called"):
        check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.org",
        "HTTPS://Hooks.Example.org/a/b?c=d&e=%20",
        "https://xn--mller-kva.example/",
        "https://a_b.example.org:8443/?x",
    ],
)
def test_plain_public_names_are_allowed(url):
    check_url(url)


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.2", "169.254.169.254", "172.31.255.255"),
        *("192.0.0.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255"),
        *("::", "::1", "::7f00:1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1", "fe80::1"),
        *("fec0::1", "fd00::1", "ff02::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1"),
        "5f00::1",
    ],
)
def test_addresses_that_are_not_public(address):
    assert not is_public(ip_address(address))
    with pytest.raises(InputRefused):
        AddressRules().check_address("hooks.example.org", address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"]
)
def test_addresses_that_are_public(address):
    AddressRules().check_address("hooks.example.org", address)


def test_an_opened_network_opens_its_addresses_and_no_others():
    rules = AddressRules(frozenset({"127.0.0.64/26"}))
    rules.check_address("hooks.example.org", "127.0.0.65")
    rules.check_url("http://127.0.0.65:9000/hook")
    for address in ("127.0.0.1", "127.0.0.128", "10.0.0.1"):
        with pytest.raises(InputRefused):
            rules.check_address("hooks.example.org", address)
        with pytest.raises(InputRefused):
            rules.check_url(f"http://{address}:9000/hook")
    for spelling in ("127.65", "2130706497", "0x7f000041", "0177.0.0.101", "[::ffff:127.0.0.65]"):
        with pytest.raises(InputRefused):
            rules.check_url(f"http://{spelling}:9000/hook")


def test_an_opened_name_opens_its_port_and_inner_addresses():
    rules = AddressRules(frozenset({"crm.internal:8080", "Mailer"}))
    rules.check_url("http://crm.internal:8080/hook")
    rules.check_url("http://mailer:3000/")
    rules.check_address("crm.internal", "10.0.0.9")
    with pytest.raises(InputRefused):
        rules.check_url("http://crm.internal:8081/hook")
    with pytest.raises(InputRefused):
        rules.check_address("crm.internal", "169.254.169.254")
    with pytest.raises(InputRefused):
        rules.check_address("other.example.org", "10.0.0.9")
