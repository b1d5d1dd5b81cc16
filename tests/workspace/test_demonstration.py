"""A demo folder: what was declared for the company is there when it is served."""

from pathlib import Path

import wegweiser
from wegweiser.workspace.demonstration import make_demo


def test_the_folder_keeps_the_buying_group_that_no_log_record_holds(tmp_path: Path) -> None:
    keys = make_demo(tmp_path / "demo", seed=3, days=4, progress=lambda share: None)
    assert keys is not None
    with wegweiser.open(tmp_path / "demo") as workspace:
        accounts = workspace.run("account_list", {})
        assert isinstance(accounts, dict)
        rows = accounts["accounts"]
        assert isinstance(rows, list)
        first = rows[0]
        assert isinstance(first, dict)
        group_id = f"group_id:{first['group_id']}"
        found = workspace.run("account_buying_groups", {"account": group_id})
    assert isinstance(found, dict)
    groups = found["buying_groups"]
    assert isinstance(groups, dict)
    offers = groups["offers"]
    assert isinstance(offers, dict)
    assert set(offers) == {"suite"}


def test_every_decision_of_the_demo_can_be_computed_again(tmp_path: Path) -> None:
    make_demo(tmp_path / "demo", seed=3, days=12, progress=lambda share: None)
    with wegweiser.open(tmp_path / "demo") as workspace:
        found = workspace.run("decision_recompute", {"last": 1_000})
    assert isinstance(found, dict)
    assert found["recomputed"]
    assert (found["equal"], found["wrong"]) == (found["recomputed"], [])
