"""From a draft through review to a bundle, and back: by command line, HTTP, Python and site."""

import asyncio
from pathlib import Path

import httpx
import msgspec
import pytest
from typer.testing import CliRunner

import wegweiser
from tests.decisioning.test_objects import ARMS, PLACES, version
from tests.flow.sites import CONSENT
from wegweiser.cli.main import app
from wegweiser.settings import Settings
from wegweiser.terms.errors import DocumentRefused, InputRefused, NotFound
from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.app import Application
from wegweiser.workspace import operations
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site
from wegweiser.workspace.workspace import Workspace


def test_a_draft_goes_through_review_to_publication_and_back(tmp_path: Path) -> None:
    data, folder = tmp_path / "data", tmp_path / "config"
    folder.mkdir()
    (folder / "a.yaml").write_text(PLACES, encoding="utf-8")
    said = ["--data", str(data)]
    assert cli("apply", str(folder), *said, "--by", "Ada", "--reason", "begin")["created"] == 2
    asked = {"publish_release": "second_person"}
    (data / "settings.json").write_bytes(msgspec.json.encode(asked))
    (folder / "a.yaml").write_text(version(1), encoding="utf-8")
    refused = CliRunner().invoke(app, ["apply", str(folder), *said])
    assert (refused.exit_code, "save it as a draft" in refused.output) == (1, True)

    saved = cli("draft", "save", "spring", str(folder), *said, "--by", "Ada", "--reason", "spring")
    assert (saved["status"], saved["valid"], saved["authors"]) == ("draft", True, ["Ada"])
    cli("draft", "submit", "spring", *said, "--by", "Ada")
    assert "another person approves" in failing("draft", "approve", "spring", *said, "--by", "Ada")
    # It survives a rebuild, since nothing else could make it anew.
    cli("rebuild", *said)
    assert cli("draft", "approve", "spring", *said, "--by", "Bo")["approved_by"] == "Bo"
    published = cli("draft", "publish", "spring", *said, "--by", "Ada")
    assert (published["number"], published["created"], published["changed"]) == (2, 5, 0)

    (folder / "a.yaml").write_text(version(2), encoding="utf-8")
    words = CliRunner().invoke(app, ["diff", str(folder), *said, "--words"]).output
    assert "changed: message a" in words
    assert "variants.v2" in words
    back = cli("bundle", "rollback", "1", *said, "--by", "Bo", "--reason", "too early")
    assert (back["number"], back["restores"]) == (3, 1)
    listed = cli_rows("bundle", "list", *said)
    assert [row["number"] for row in listed] == [3, 2, 1]
    assert [(row["by"], row["reason"]) for row in listed] == [
        ("Bo", "too early"), ("Ada", "spring"), ("Ada", "begin")]  # fmt: skip
    assert str(listed[0]["sha256"]) == str(listed[2]["sha256"])
    told = CliRunner().invoke(app, ["audit", *said, "--json"]).output
    for what in ("draft.save", "draft.submit", "draft.approve", "configuration.publish",
                 "configuration.rollback"):  # fmt: skip
        assert what in told


def cli(*arguments: str) -> JsonObject:
    return _object(_ran(*arguments))


def cli_rows(*arguments: str) -> list[JsonObject]:
    return _rows(_ran(*arguments))


def _ran(*arguments: str) -> Json:
    found = CliRunner().invoke(app, [*arguments, "--json"], catch_exceptions=False)
    assert found.exit_code == 0, found.output
    document: Json = msgspec.json.decode(found.stdout)
    return document


def failing(*arguments: str) -> str:
    found = CliRunner().invoke(app, [*arguments])
    assert found.exit_code == 1
    return found.output


def test_an_author_cannot_approve_by_another_hand() -> None:
    async def review() -> None:
        site = Site(in_memory(), Settings(publish_release="second_person"))
        await site.start(background=False)
        drafts = site.publishing.drafts
        drafts.save("d", (("p.yaml", PLACES),), "Ada")
        drafts.submit("d", "Bo")
        drafts.save("d", (("p.yaml", PLACES + "\n---\n" + ARMS),), "Cy")
        with pytest.raises(InputRefused, match="not submitted"):
            drafts.approve("d", "Di")
        drafts.submit("d", "Bo")
        for author in ("Ada", "Bo", "Cy"):
            with pytest.raises(InputRefused, match="another person approves"):
                drafts.approve("d", author)
        assert drafts.approve("d", "Di").status == "approved"
        drafts.save("e", (("p.yaml", PLACES),), "Ada")
        with pytest.raises(InputRefused, match="waits for a second person"):
            await drafts.publish("e", "Ada")
        await drafts.publish("d", "Bo")
        assert site.unifier.policies.bundle.number == 1
        await site.stop()

    asyncio.run(review())


def test_what_is_written_on_while_a_draft_is_published_is_kept() -> None:
    async def publish() -> None:
        site = Site(in_memory(), Settings())
        await site.start(background=False)
        drafts = site.publishing.drafts
        drafts.save("d", (("p.yaml", PLACES),), "Ada")
        publishing = asyncio.ensure_future(drafts.publish("d", "Ada"))
        await asyncio.sleep(0)
        drafts.save("d", (("p.yaml", PLACES + "\n---\n" + ARMS),), "Bo")
        await publishing
        assert site.unifier.policies.bundle.number == 1
        assert drafts.get("d").authors == ("Ada", "Bo")
        await drafts.publish("d", "Bo")
        assert [draft.name for draft in drafts.all()] == []
        await site.stop()

    asyncio.run(publish())


def test_a_draft_that_cannot_be_published_is_kept_and_not_submitted() -> None:
    with wegweiser.open() as workspace:
        told = _object(
            workspace.run("draft_save", {"name": "d", "files": [["g.yaml", "kind: gaol"]]})
        )
        assert (told["valid"], told["status"]) == (False, "draft")
        with pytest.raises(DocumentRefused, match="did you mean goal"):
            workspace.run("draft_submit", {"name": "d"})
        assert workspace.run("draft_discard", {"name": "d"}) == {"discarded": "d"}
        with pytest.raises(NotFound):
            workspace.run("draft_show", {"name": "d"})


def test_http_tells_all_faults_and_two_keys_are_two_persons() -> None:
    async def asked() -> None:
        site = Site(in_memory(), Settings(publish_release="second_person"))
        await site.start(background=False)
        site.callers.create("ops")
        ada, bo = [await _key(site), await _key(site)]
        transport = httpx.ASGITransport(app=Application(site, None, "token"))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:

            async def post(path: str, body: str, key: str, media: str = "json") -> httpx.Response:
                headers = {"authorization": f"Bearer {key}", "content-type": f"application/{media}"}
                return await client.post(f"/v1/{path}", content=body, headers=headers)

            wrong = "{kind: gaol, key: a}\n---\n{kind: goal, key: b}"
            told = (await post("bundles:validate", wrong, ada, "yaml")).json()
            assert [(one["file"], one["line"]) for one in told["faults"]] == [
                ("body", 1),
                ("body", 3),
            ]
            refused = await post("bundles:publish", wrong, ada, "yaml")
            assert (refused.status_code, refused.json()["faults"]) == (422, told["faults"])
            refused = await post("bundles:publish", PLACES, ada, "yaml")
            assert (refused.status_code, refused.json()["code"]) == (403, "needs_approval")
            document: JsonObject = {"kind": "placement", "key": "hero", "channel": "web"}
            body = msgspec.json.encode({"documents": [document], "reason": "spring"}).decode()
            assert (await post("drafts/spring", body, ada)).json()["valid"] is True
            assert (await post("drafts/spring:submit", "{}", ada)).json()["status"] == "submitted"
            assert (await post("drafts/spring:approve", "{}", ada)).status_code == 403
            assert (await post("drafts/spring:approve", "{}", bo)).json()["status"] == "approved"
            assert (await post("drafts/spring:publish", "{}", ada)).json()["number"] == 1
            headers = {"authorization": f"Bearer {bo}"}
            (row,) = (await client.get("/v1/bundles", headers=headers)).json()["bundles"]
            assert (row["number"], row["reason"]) == (1, "spring")
            shown = (await client.get("/v1/bundles/1", headers=headers)).json()
            assert shown["files"]["placement.yaml"] == "kind: placement\nkey: hero\nchannel: web\n"
        await site.stop()

    asyncio.run(asked())


async def _key(site: Site) -> str:
    made = await operations.run(site, "key_create", {"source": "ops", "scopes": ["admin"]})
    return str(_object(made)["key"])


def test_python_speaks_of_bundles_as_the_other_doors_do() -> None:
    with wegweiser.open() as workspace:
        assert _checked(workspace, version(1))["created"] == [
            "placement hero", "placement side", "arms", *(f"message {key}" for key in "abcd"),
        ]  # fmt: skip
        workspace.apply({"v.yaml": version(1)}, reason="first")
        workspace.identify("u-1", {}, context=CONSENT)
        workspace.apply({"v.yaml": version(2)})
        assert workspace.rollback(1, reason="again")["number"] == 3
        assert [row["number"] for row in workspace.bundles()] == [3, 2, 1]
        asked: JsonObject = {
            "subject": {"person": "user_id:u-1"},
            "placements": [{"key": "hero", "max": 1}],
        }
        items = _rows(workspace.decide(asked)["items"])
        assert {str(item["variant"]) for item in items} <= {"v1"}


def _checked(workspace: Workspace, text: str) -> JsonObject:
    return workspace.validate({"v.yaml": text})


def _object(found: Json) -> JsonObject:
    assert isinstance(found, dict)
    return found


def _rows(found: Json) -> list[JsonObject]:
    assert isinstance(found, list)
    return [row for row in found if isinstance(row, dict)]
