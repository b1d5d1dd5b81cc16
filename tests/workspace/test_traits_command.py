"""`wegweiser traits` on a folder: declared, loaded, shown, caught up, scored."""

from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from wegweiser.cli.main import app

RUNNER = CliRunner()
TRAITS = "{kind: computed_trait, key: spent, event: Order Completed, type: sum, property: revenue}"
MAPPING = """
kind: mapping
key: orders
source: shop
event:
  type: track
  event: Order Completed
  messageId: '="order-" + row.id'
  userId: =row.user
  properties: {revenue: '=number(row.price, "en")'}
"""


def told(*words: str) -> dict[str, object]:
    """Run a command that prints JSON; gives what it says."""
    result = RUNNER.invoke(app, [*words, "--json"])
    assert result.exit_code == 0, result.output
    found: dict[str, object] = msgspec.json.decode(result.stdout)
    return found


def test_a_trait_is_declared_after_the_events_and_catches_up(tmp_path: Path) -> None:
    data, file = str(tmp_path / "data"), tmp_path / "traits.yaml"
    orders, mapping = tmp_path / "orders.csv", tmp_path / "orders.yaml"
    orders.write_text("id,user,price\n1,u-1,10.5\n2,u-1,20\n", encoding="utf-8")
    mapping.write_text(MAPPING, encoding="utf-8")
    loaded = told("load", str(orders), "--mapping", str(mapping), "--data", data)
    assert loaded["stored"] == 2
    file.write_text(TRAITS, encoding="utf-8")
    told("apply", str(file), "--data", data)
    (listed,) = told("traits", "list", "--data", data)["computed_traits"]  # type: ignore[misc]
    assert (listed["key"], listed["since"] is None) == ("spent", False)
    shown = told("traits", "show", "user_id:u-1", "--data", data)
    assert shown["computed"]["spent"]["value"] == 0  # type: ignore[index,call-overload]
    told("traits", "catch-up", "--data", data)
    shown = told("traits", "show", "user_id:u-1", "--data", data)
    assert shown["computed"]["spent"] == {"value": 30.5, "since": None, "exact": True}  # type: ignore[index,call-overload]
    assert told("traits", "score", "--data", data)["person"]["buyers"] == 1  # type: ignore[index,call-overload]


@pytest.mark.parametrize("name", ["user_id:nobody", "group_id:nobody"])
def test_who_is_not_known_is_not_found(tmp_path: Path, name: str) -> None:
    data, file = str(tmp_path / "data"), tmp_path / "traits.yaml"
    file.write_text(TRAITS, encoding="utf-8")
    told("apply", str(file), "--data", data)
    result = RUNNER.invoke(app, ["traits", "show", name, "--data", data, "--json"])
    assert result.exit_code == 1
