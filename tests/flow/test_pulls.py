"""Pulls: only what the operator allows, only what is new, never twice, never half."""

import importlib
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from tests.flow.loops import on_a_loop
from wegweiser.adapters.memory import MemoryClock
from wegweiser.settings import Settings
from wegweiser.terms.errors import DocumentRefused, InputRefused, NotFound
from wegweiser.terms.json import JsonObject
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.operations import run
from wegweiser.workspace.site import Site

MODULE = "wegweiser_test_crm"
CODE = '''
"""A CRM system of our own making."""
import dlt

ROWS = [
    {"id": f"c-{n}", "plan": "team", "updated_at": f"2026-01-0{n}T00:00:00Z"} for n in (1, 3, 2)
]
ASKED = []

@dlt.resource
def contacts(updated_at=dlt.sources.incremental("updated_at"), region="eu"):
    ASKED.append((updated_at.last_value, region))
    yield list(ROWS)

@dlt.source
def crm():
    return [contacts, dlt.resource([{"id": "never"}], name="others")]

def plain():
    yield from ROWS

def broken():
    yield ROWS[0]
    raise OSError("the other side hung up")
'''
CONFIGURATION = """
kind: mapping
key: contacts
source: crm
event: {{type: identify, userId: =row.id, traits: {{plan: =row.plan}}}}
---
{{kind: pull, key: contacts, function: "wegweiser_test_crm:{function}", mapping: contacts,
  cursor: updated_at{more}}}
"""


@pytest.fixture
def crm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """The module of the CRM system, importable for the length of a test."""
    pytest.importorskip("dlt", reason="pulls need the extra: pip install wegweiser[pull]")
    (tmp_path / f"{MODULE}.py").write_text(CODE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, MODULE, raising=False)
    yield importlib.import_module(MODULE)
    sys.modules.pop(MODULE, None)


@asynccontextmanager
async def pulling(
    function: str, more: str = "", allowed: tuple[str, ...] = (MODULE,)
) -> AsyncIterator[Site]:
    settings = msgspec.structs.replace(Settings(), pull_modules=allowed)
    site = Site(in_memory(MemoryClock()), settings)
    await site.start(background=False)
    try:
        text = CONFIGURATION.format(function=function, more=more)
        await site.applier.apply([("pull.yaml", text)])
        yield site
    finally:
        await site.stop()


@on_a_loop
async def test_a_pull_takes_everything_first_and_then_only_what_is_new(crm: object) -> None:
    async with pulling("contacts") as site:
        first = await site.pulls.run("contacts")
        crm.ROWS.append({"id": "c-4", "updated_at": "2026-01-04T00:00:00Z"})  # type: ignore[attr-defined]
        second = await site.pulls.run("contacts")
        again = await site.pulls.run("contacts", anew=True)
        listed = await run(site, "pull_list", {})
    assert (first.stored, first.duplicate) == (3, 0)
    # The newest one is asked for again, and known.
    assert (second.stored, second.duplicate) == (1, 1)
    assert (again.stored, again.duplicate) == (0, 4)
    asked = [since for since, _ in crm.ASKED]  # type: ignore[attr-defined]
    assert asked == [None, "2026-01-03T00:00:00Z", None]
    assert isinstance(listed, list)
    assert isinstance(listed[0], dict)
    assert listed[0]["since"] == "2026-01-04T00:00:00Z"


@on_a_loop
async def test_a_source_gives_the_resources_that_were_selected(crm: object) -> None:
    async with pulling("crm", ", select: [contacts]") as site:
        assert (await site.pulls.run("contacts")).stored == 3


@on_a_loop
async def test_arguments_reach_the_function_and_a_plain_function_will_do(crm: object) -> None:
    async with pulling("contacts", ", arguments: {region: us}") as site:
        await site.pulls.run("contacts")
        assert crm.ASKED == [(None, "us")]  # type: ignore[attr-defined]
    async with pulling("plain") as site:
        assert (await site.pulls.run("contacts")).stored == 3


@on_a_loop
async def test_a_pull_that_breaks_off_begins_there_again(crm: object) -> None:
    async with pulling("broken") as site:
        with pytest.raises(InputRefused, match="the other side hung up"):
            await site.pulls.run("contacts")
        ((_, state),) = site.pulls.all()
    assert state.since is None
    assert "hung up" in state.failure


@on_a_loop
async def test_pulls_run_when_their_time_has_come(crm: object) -> None:
    async with pulling("contacts") as site:
        for minutes in (0, 59, 1):
            site.clock.advance(minutes * 60_000)  # type: ignore[attr-defined]
            await site.pulls.run_due()
        assert len(crm.ASKED) == 2  # type: ignore[attr-defined]


@on_a_loop
async def test_nothing_runs_that_the_operator_does_not_allow(crm: object) -> None:
    with pytest.raises(DocumentRefused, match="pull_modules"):
        async with pulling("contacts", allowed=()):
            pass
    with pytest.raises(DocumentRefused, match="pull_modules"):
        async with pulling("contacts", allowed=(f"{MODULE}:crm",)):
            pass
    async with pulling("contacts", allowed=(f"{MODULE}:contacts",)) as site:
        with pytest.raises(NotFound):
            await site.pulls.run("unknown")


@on_a_loop
async def test_a_wrong_pull_is_refused_with_its_place(crm: object) -> None:
    wrong: JsonObject = {"every_minutes: 0": "every_minutes", "evry: 1": "evry"}
    for text, told in wrong.items():
        with pytest.raises(DocumentRefused, match=str(told)):
            async with pulling("contacts", f", {text}".replace("every_minutes: 60, ", "")):
                pass
