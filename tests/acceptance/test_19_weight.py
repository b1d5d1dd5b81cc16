"""Check 19: at most 60 KB compressed, one style, one short script, and no other host anywhere."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.acceptance.addresses import ASKING, addresses_of, routes
from tests.acceptance.looking import compressed
from tests.acceptance.reading import Document
from tests.web.serving import Running, settled
from wegweiser.web import text

BUDGET_BYTES = 60_000
STATIC = Path(text.__file__).parent / "static"
# A link in a text may lead anywhere; what is fetched by itself may not.
FETCHED = (("script", "src"), ("img", "src"), ("iframe", "src"), ("link", "href"), ("use", "href"))


@pytest.fixture(scope="module")
def beside(furnished: Running) -> int:
    """Give the bytes that every page needs beside itself."""
    parts = [furnished.client.get(f"/static/{name}").content for name in ("app.css", "app.js")]
    return sum(compressed(part) for part in parts)


@pytest.mark.parametrize("route", [page.path for page in routes() if page.path not in ASKING])
def test_19_a_page_is_light_and_fetches_nothing_elsewhere(
    furnished: Running, beside: int, route: str
) -> None:
    for address in addresses_of(furnished, route)[:3]:
        page = settled(furnished.client, address)
        weight = compressed(page) + beside
        print(f"{weight:>8,} bytes  {address}")
        assert weight <= BUDGET_BYTES, address
        root = Document(page).root
        styles = [one["href"] for one in root.all("link") if one["rel"] == "stylesheet"]
        assert styles in ([], ["/static/app.css"])
        assert [one["src"] for one in root.all("script")] in ([], ["/static/app.js"])
        fetched = [one[name] for tag, name in FETCHED for one in root.all(tag) if one[name]]
        assert not [one for one in fetched if urlsplit(one).netloc], address
        assert not re.search(r"url\((?!['\"]?#)", page), address


def test_19_one_style_one_short_script_and_no_other_host_in_them() -> None:
    assert (STATIC / "app.js").read_text(encoding="utf-8").count("\n") < 200
    assert sorted(path.name for path in STATIC.iterdir()) == ["app.css", "app.js", "sign.svg"]
    for path in STATIC.iterdir():
        written = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "//" not in re.sub(r"(?m)^\s*//.*$|\s// .*$", "", written), path.name


def test_19_pages_come_compressed_and_unchanged_parts_are_not_sent_again(
    furnished: Running,
) -> None:
    for path in ("/help", "/static/app.css", "/static/app.js"):
        answer = furnished.client.get(path, headers={"accept-encoding": "gzip"})
        assert answer.headers["content-encoding"] == "gzip", path
    style = furnished.client.get("/static/app.css")
    again = furnished.client.get(
        "/static/app.css", headers={"if-none-match": style.headers["etag"]}
    )
    assert again.status_code == 304
    assert "no-store" not in style.headers["cache-control"]
    assert furnished.client.get("/help").headers["cache-control"] == "no-store"
