"""The pages of long work: who sees which, how it is stopped, and that no change is missed."""

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.web.roles import browser_of
from tests.web.serving import Running, empty_site
from wegweiser.workspace.work import Work


@pytest.fixture(scope="module")
def works() -> Iterator[Running]:
    server = Running(empty_site)
    yield server
    server.close()


def begun(works: Running, kind: str = "import", subject: str = "orders.csv") -> Work:
    return works.site.works.reported(kind, subject, "grace", 400, 1000, {"stored": 41})


def states(client: httpx.Client, path: str, heard: str = "") -> Iterator[str]:
    """Listen to a stream; gives the states that it tells."""
    headers = {"last-event-id": heard} if heard else {}
    with client.stream("GET", path, headers=headers) as answer:
        for line in answer.iter_lines():
            if line.startswith("data: "):
                yield line.removeprefix("data: ")


def told_on(page: str) -> str:
    found = re.search(r'data-told="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_work_is_shown_with_its_share_and_stopped(works: Running) -> None:
    work = begun(works)
    path = f"/progress/{work.work_id}"
    page = works.client.get(path).text
    assert "Loading a file: orders.csv goes on." in page
    assert 'value="40"' in page
    assert "41 events stored so far" in page
    assert "orders.csv läuft noch" in works.client.get(path, params={"lang": "de"}).text
    assert works.client.post(path).headers["location"] == path
    assert work.state == "cancelled"
    ended = works.client.get(path).text
    assert "what was done stays done" in ended
    assert "<progress" not in ended
    assert any(row.what == "work.cancel" and row.who == "admin" for row in works.site.audit.rows())
    assert path in works.client.get("/progress").text


def test_whoever_was_cut_off_is_told_what_they_missed_and_nothing_twice(works: Running) -> None:
    work = begun(works)
    path = f"/progress/{work.work_id}"
    shown = told_on(works.client.get(path).text)
    listening = states(works.client, f"{path}/stream")
    assert next(listening) == shown
    works.site.works.report(work, 500, 1000, {})
    heard = next(listening)
    assert heard != shown
    # The same state is not told again; what happened while nobody listened is.
    again = states(works.client, f"{path}/stream", heard)
    works.site.works.report(work, 600, 1000, {})
    assert next(again) not in (shown, heard)
    missed = states(works.client, f"{path}/stream", shown)
    assert next(missed) == told_on(works.client.get(path).text)


@pytest.mark.parametrize(
    ("kind", "seen_by", "not_by"),
    [
        ("import", "admin", "marketer"),
        ("export", "privacy", "analyst"),
    ],
)
def test_each_role_sees_its_own_kinds_only(
    works: Running, kind: str, seen_by: str, not_by: str
) -> None:
    work = begun(works, kind, f"about-{kind}")
    path = f"/progress/{work.work_id}"
    insider, outsider = browser_of(works, seen_by), browser_of(works, not_by)
    assert f"about-{kind}" in insider.get("/progress").text
    assert insider.get(path).status_code == 200
    assert f"about-{kind}" not in outsider.get("/progress").text
    for answer in (outsider.get(path), outsider.get(f"{path}/stream"), outsider.post(path)):
        assert answer.status_code == 404
    assert work.state == "running"


def test_models_are_learned_anew_by_who_may(works: Running) -> None:
    form = {"do": "learning"}
    begun = works.client.post("/progress", data=form)
    assert begun.status_code == 303
    assert works.client.get(begun.headers["location"]).status_code == 200
    assert browser_of(works, "analyst").post("/progress", data=form).status_code == 403
