"""Simulations as long work: begun by a form without scripts, kept, shared, and never by looking."""

import re

import httpx
import pytest

from tests.acceptance.reader import Reader, reading_as
from tests.web.roles import browser_of
from tests.web.serving import Running
from wegweiser.adapters.memory import MemoryClock
from wegweiser.settings import Settings
from wegweiser.terms.errors import InputRefused
from wegweiser.workspace import operations
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site
from wegweiser.workspace.work import Work

PRESS = "Simulate, without publishing"


class Opened(Running):
    """A server that may have had its admin before."""

    def sign_in(self) -> httpx.Client:
        """Make a browser that is signed in, without the password that nobody kept."""
        client = self.visitor()
        client.cookies.set("wegweiser", self.site.people.sign_in("admin"))
        return client


def simulations(server: Running) -> list[Work]:
    return [one for one in server.site.works.all() if one.kind == "simulation"]


def simulated(server: Running, address: str) -> Reader:
    """Simulate what a form holds; gives the page of the result."""
    reader = reading_as(server).open(address)
    reader.send(PRESS)
    assert re.fullmatch(r"/progress/wrk_\w+", reader.path)
    return reader.settle().follow("Show result")


def test_a_simulation_is_begun_by_a_form_and_has_an_address_of_its_own(running: Running) -> None:
    before = len(simulations(running))
    address = "/simulate?lang=en&period=365d&metric=engaged"
    assert not reading_as(running).open(address).says("Decisions looked at")
    assert len(simulations(running)) == before
    result = simulated(running, address)
    assert re.fullmatch(r"/simulate/wrk_\w+", result.path)
    assert result.heading == "Simulated: what is published today"
    assert result.says("Decisions looked at")
    assert result.says("What it would be") != result.says("A way out")
    assert result.says("Largest weight")
    assert result.says("Chosen, but hardly ever tried")
    assert result.says("Expected to reach")
    assert result.says("The same in parts of the log") != result.says("A way out")
    # Whoever may simulate opens the same page by its address; nobody else does.
    shared = browser_of(running, "marketer").get(result.path, params={"lang": "de"})
    assert shared.status_code == 200
    assert "Betrachtete Entscheidungen" in shared.text
    assert browser_of(running, "analyst").get(result.path).status_code == 403
    earlier = reading_as(running).open("/simulate").part("Earlier simulations")
    assert result.path in [one["href"] for one in earlier.all("a")]


def test_a_draft_is_simulated_under_its_name(running: Running) -> None:
    key = running.site.unifier.policies.bundle.messages[0].key
    files = (("one.yaml", f"{{kind: message, key: {key}, stopped: true}}"),)
    running.site.publishing.drafts.save("quieter", files, "grace")
    result = simulated(running, "/simulate?lang=en&period=365d&draft=quieter")
    assert result.heading == "Simulated: quieter"
    path, told = result.path, result.text
    again = result.follow("Simulate something else")
    assert again.path == "/simulate"
    chosen = [one for one in again.fields(PRESS) if one.field == "draft"]
    assert [one.value() for one in chosen] == ["quieter"]
    # What came of it stays, also when the draft is gone.
    running.site.publishing.drafts.discard("quieter")
    assert reading_as(running).open(path).text == told


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("draft", "gone", "Den Entwurf gone gibt es nicht mehr."),
        ("metric", "gone-goal", "Das Ziel gone-goal gibt es nicht mehr."),
    ],
)
def test_what_cannot_be_simulated_comes_back_filled(
    running: Running, field: str, value: str, sentence: str
) -> None:
    before = len(simulations(running))
    placement = running.site.unifier.policies.bundle.placements[-1].key
    form = {"draft": "", "metric": "engaged", "placement": placement, field: value}
    answer = running.client.post("/simulate?lang=de&period=90d", data=form)
    assert answer.status_code == 422
    assert re.search(rf'class="at-field">{sentence}', answer.text)
    assert f'<option value="{placement}" selected>' in answer.text
    assert 'action="/simulate?period=90d"' in answer.text
    assert len(simulations(running)) == before


def test_a_simulation_is_refused_at_the_door(running: Running) -> None:
    begin = {"kind": "simulation", "files": [["one.yaml", "{kind: message}"]], "by": "grace"}
    with pytest.raises(InputRefused):
        running.wait(operations.run(running.site, "work_begin", begin))


def test_what_came_of_a_simulation_outlives_the_server() -> None:
    engines = in_memory(MemoryClock())

    async def site() -> Site:
        made = Site(engines, Settings())
        await made.start(background=False)
        return made

    async def begin(made: Site) -> Work:
        work = made.works.begin("simulation", "", {"metric": "engaged"}, "grace")
        await made.works.awhile(work, 60)
        return work

    first = Opened(site)
    work = first.wait(begin(first.site))
    shown = reading_as(first).open(f"/simulate/{work.work_id}?lang=en").text
    first.close()
    second = Opened(site)
    assert second.site.works is not first.site.works
    assert reading_as(second).open(f"/simulate/{work.work_id}?lang=en").text == shown
    second.close()
