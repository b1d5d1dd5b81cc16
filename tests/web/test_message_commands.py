"""The commands `wegweiser message` on a folder without a server."""

import json
from pathlib import Path

from typer.testing import CliRunner

from wegweiser.cli.main import app
from wegweiser.workspace.workspace import Workspace

MESSAGE = """{{kind: message, key: spring, rules: [{{when: 'person.traits.plan == "{plan}"'}}],
 variants: [{{key: a, channel: web, content: {{title: Hello}}}}]}}"""


def said(*words: str) -> dict[str, object]:
    """Run a command that must succeed; gives what it tells."""
    result = CliRunner().invoke(app, ["message", *words, "--json"])
    assert result.exit_code == 0, result.output
    told: dict[str, object] = json.loads(result.stdout)
    return told


def test_the_commands_count_an_audience_and_tell_what_keeps_it_from_somebody(
    tmp_path: Path,
) -> None:
    root, draft = tmp_path / "data", tmp_path / "draft.yaml"
    with Workspace.open(root, make=True) as workspace:
        workspace.apply({"spring.yaml": MESSAGE.format(plan="team")})
        for number in range(3):
            agreed = {"consent": {"categoryPreferences": {"personalisation": number == 0}}}
            workspace.identify(f"u-{number}", {"plan": "team"}, context=agreed)
        workspace.identify("u-9", {"plan": "solo"})
    at = ("--data", str(root))
    live = said("reach", "spring", *at)
    assert [live[name]["people"] for name in ("matches", "consented", "free")] == [3, 1, 1]  # type: ignore[index]
    draft.write_text(MESSAGE.format(plan="solo"))
    assert said("reach", "spring", "--draft", str(draft), *at)["matches"]["people"] == 1  # type: ignore[index]
    told = said("standing", "spring", "user_id:u-9", *at)
    [variant] = told["variants"]  # type: ignore[misc]
    assert variant["level"] == 0  # type: ignore[has-type]
    assert [one["step"] for one in variant["reasons"]] == ["eligibility", "consent"]  # type: ignore[has-type]
    course = said("course", "spring", *at)
    assert (course["looked_at"], course["chosen"], course["dropped"]) == (0, 0, {})
