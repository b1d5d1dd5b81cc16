"""`wegweiser journey flow`: the same figures on the command line, and refusals that say why."""

import msgspec
import pytest
from typer.testing import CliRunner

from wegweiser.cli.main import app

MAPPING = """{kind: mapping, key: deals, source: deals, event: [
 {type: track, event: Deal Won, userId: '=row.user', timestamp: '=row.at', messageId: '=row.user'}]}
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with three people who bought on one day."""
    folder = tmp_path_factory.mktemp("flow")
    rows = ["user,at", *(f"u-{number},2026-01-10T09:00:00Z" for number in range(3))]
    (folder / "deals.csv").write_text("\n".join(rows), encoding="utf-8")
    (folder / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    place = str(folder / "data")
    words = ("load", str(folder / "deals.csv"), "--mapping", str(folder / "mapping.yaml"))
    told(*words, "--data", place)
    return place


def told(*words: str, code: int = 0) -> str:
    """Run a command and give what it prints."""
    result = CliRunner().invoke(app, [*words])
    assert result.exit_code == code, result.output
    return str(result.output)


def test_people_who_came_are_counted(data: str) -> None:
    asked = ("--of", "person", "--from", "2026-01-01", "--to", "2026-01-12", "--data", data)
    flow = msgspec.json.decode(told("journey", "flow", *asked, "--json"))
    assert flow["counted"] == flow["ways"]["appeared"] == 3
    assert flow["moves"] == [{"from": "unknown", "to": "customer", "count": 3}]
    elsewhere = msgspec.json.decode(told("journey", "flow", *asked, "--country", "AT", "--json"))
    assert elsewhere["counted"] == 0


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (("--of", "team"), "account, person"),
        (("--from", "soon"), "a day like"),
        (("--from", "2026-01-02", "--to", "2026-01-01"), "to lies after from"),
    ],
)
def test_what_cannot_be_read_is_refused(data: str, wrong: tuple[str, ...], reason: str) -> None:
    assert reason in told("journey", "flow", *wrong, "--data", data, code=1)
