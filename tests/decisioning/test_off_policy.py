"""Off-policy values: the identity, coverage, a log that lies, exchange, and refusals."""

import asyncio
import csv
import io
from pathlib import Path

import msgspec
import numpy as np
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from tests.decisioning.test_replay import CONFIGURATION, several
from tests.flow.sites import running
from tests.measure.test_off_policy import ARMS, Repeats, World
from wegweiser.cli.main import app
from wegweiser.measure.dsjson import read_log
from wegweiser.measure.off_policy import estimate
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import JsonObject
from wegweiser.workspace import operations
from wegweiser.workspace.foreign_log import off_policy
from wegweiser.workspace.site import Site

COVERS = (0.90, 0.98)


def test_05_the_logging_policy_is_worth_its_own_mean() -> None:
    world, rng = World(5), np.random.default_rng(6)
    log = world.log(world.logging, rng, 2_000)
    assert (log.weights == 1.0).all()
    found = estimate(log, rng, resamples=0)
    mean = float(log.reward.mean())
    assert abs(found.inverse.found.estimate - mean) <= 1e-12
    assert abs(found.normalised.found.estimate - mean) <= 1e-12


def judge(found: Repeats, low: float, high: float) -> None:
    """Fail unless intervals cover, and IPS, SNIPS and DR are off by less than 2 %."""
    print(found.coverage, found.bias)
    assert found.coverage.min() >= low
    assert found.coverage.max() <= high
    assert np.abs(found.bias).max() < 0.02


def repeats(number: int, with_scores: bool = False) -> Repeats:
    """Value a target on many logs of a world of 20 arms and a floor of 5 %."""
    world = World(11)
    assert world.logging.shape[1] == ARMS == 20
    # What a model believes of a message, written down where its chance belongs.
    stated = world.reward if with_scores else None
    return Repeats(world, world.targets[0], number, stated)


def test_06_intervals_cover_the_truth_in_a_hundred_logs() -> None:
    # Of a hundred logs 88 are covered or more but once in a thousand times.
    judge(repeats(100), 0.88, 1.0)


@pytest.mark.sweep
def test_06_intervals_cover_the_truth_in_four_hundred_logs() -> None:
    judge(repeats(400), *COVERS)


def test_06_the_same_with_model_scores_in_place_of_pi_must_fail() -> None:
    found = repeats(60, with_scores=True)
    with pytest.raises(AssertionError):
        judge(found, 0.0, 1.0)
    with pytest.raises(AssertionError):
        judge(found, *COVERS)


def made_log(rows: int, chance: float) -> list[bytes]:
    """Write a dsjson log of two actions of which the second was chosen with this chance."""
    lines = []
    for row in range(rows):
        action = 2 if row < rows * chance else 1
        order = [action, 3 - action]
        p = [chance if one == 2 else 1 - chance for one in order]
        line = {
            "_label_cost": -float(row % 3 == 0),
            "_label_probability": p[0],
            "_label_Action": action,
            "_labelIndex": action - 1,
            "Timestamp": f"2026-01-{1 + row % 28:02}T10:00:00.0000000Z",
            "Version": "1",
            "EventId": f"e-{row}",
            "a": order,
            "c": {"User": {"plan": "team"}, "_multi": [{"_tag": "first"}, {"_tag": "second"}]},
            "p": p,
            "VWState": {"m": "7"},
        }
        lines.append(msgspec.json.encode(line))
    return lines


def test_23_a_made_log_with_an_effective_sample_size_below_three_is_refused() -> None:
    found = off_policy(made_log(2_000, 0.001), "always:second")
    fitness = found["fitness"]
    assert isinstance(fitness, dict)
    assert fitness["effective"] < 3  # type: ignore[operator]
    assert (fitness["refusal"], found["target"]) == ("too_few", None)
    assert "Nobody can tell" in str(found["sentence"])


def test_a_foreign_log_gives_the_value_of_a_policy() -> None:
    found = off_policy(made_log(2_000, 0.4), "uniform")
    target, fitness = found["target"], found["fitness"]
    assert isinstance(target, dict)
    assert isinstance(fitness, dict)
    assert fitness["weights_fit"] is True
    weights = np.where(np.arange(2_000) < 800, 0.5 / 0.4, 0.5 / 0.6)
    reward = (np.arange(2_000) % 3 == 0).astype(float)
    assert target["inverse"]["found"]["estimate"] == pytest.approx((weights * reward).mean())  # type: ignore[call-overload,index]
    assert {row["biased"] for row in found["messages"]} == {"biased by selection"}  # type: ignore[union-attr,index,call-overload]
    same = off_policy(made_log(2_000, 0.4), "logged")
    assert same["target"]["inverse"]["found"]["estimate"] == pytest.approx(reward.mean(), abs=1e-12)  # type: ignore[call-overload,index]
    stated = off_policy(made_log(2_000, 0.4), "other", made_log(2_000, 0.4))
    assert stated["target"] == same["target"]


def test_a_candidate_that_was_never_offered_counts_as_unsupported() -> None:
    found = off_policy(made_log(500, 0.4), "always:third")
    assert found["fitness"]["refusal"] == "unsupported"  # type: ignore[index,call-overload]


@pytest.mark.parametrize(
    "line",
    [b"{}", b"[1]", b'{"c":{"_multi":[{}]},"a":[1],"p":[2.0],"_label_cost":0}', b"nothing"],
)
def test_a_line_that_is_no_decision_is_named(line: bytes) -> None:
    with pytest.raises(InputRefused, match="Line 2"):
        off_policy([made_log(1, 1.0)[0], line])


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(InputRefused, match="uniform, logged, always:ACTION"):
        off_policy(made_log(10, 0.5), "best")


async def _log(site: Site, form: str) -> bytes:
    parts = [part async for part in operations.export(site, "decision_log", {"format": form})]
    return b"".join(parts)


def exported(form: str) -> tuple[bytes, JsonObject]:
    """Export the decisions of a small site, and read one of them."""

    async def run() -> tuple[bytes, JsonObject]:
        async with running(CONFIGURATION) as site:
            [first, *_] = await several(site)
            site.clock.advance(4 * DAY_MS)  # type: ignore[attr-defined]
            one = await operations.run(site, "decision_show", {"id": first})
            assert isinstance(one, dict)
            return await _log(site, form), one

    return asyncio.run(run())


def test_dsjson_has_every_field_where_vowpal_wabbit_looks_for_it() -> None:
    data, one = exported("dsjson")
    name = str(one["decision_id"])
    lines = [msgspec.json.decode(line) for line in data.splitlines()]
    assert len(lines) == 12
    line = next(one for one in lines if one["EventId"].startswith(name))
    chosen = line["c"]["_multi"][line["_labelIndex"]]
    item = one["items"][0]  # type: ignore[index,call-overload]
    assert chosen["_tag"] == f"{item['message']}/{item['variant']}"  # type: ignore[index,call-overload]
    assert line["_label_Action"] == line["_labelIndex"] + 1 == line["a"][0]
    assert line["_label_probability"] == line["p"][0] == item["pi"]  # type: ignore[index,call-overload]
    assert sum(line["p"]) == pytest.approx(1.0, abs=1e-12)
    assert sorted(line["a"]) == [place + 1 for place in range(len(line["c"]["_multi"]))]
    assert line["_label_cost"] == -1.0
    assert line["Version"] == "1"
    assert line["Timestamp"].endswith("0000Z")
    assert line["EventId"] == f"{name}#home.hero#0"
    assert line["c"]["Person"]["traits.plan"] == "team"
    # And what went out comes back in: the logging policy is worth what was logged.
    found = off_policy(data.splitlines(), "logged")
    assert found["fitness"]["mean_weight"] == 1.0  # type: ignore[index,call-overload]
    assert found["logged"]["estimate"] == pytest.approx(0.5)  # type: ignore[index,call-overload]


def test_ccb_has_a_slot_per_place_and_leaves_out_what_stands_already() -> None:
    data, one = exported("ccb")
    lines = [msgspec.json.decode(line) for line in data.splitlines()]
    line = next(line for line in lines if line["EventId"].startswith(str(one["decision_id"])))
    first, second = line["_outcomes"]
    assert [slot["_id"] for slot in line["c"]["_slots"]] == [first["_id"], second["_id"]]
    assert first["_a"][0] not in second["_a"]
    assert len(first["_p"]) == len(first["_a"]) == 2
    assert sum(first["_p"]) == pytest.approx(1.0)
    assert first["_label_cost"] == -1.0
    assert "_label_cost" not in second
    logged, unlabelled = read_log(data.splitlines())
    assert len(logged) == unlabelled == 12


def test_tables_hold_decisions_with_their_outcomes() -> None:
    data, one = exported("csv")
    rows = list(csv.DictReader(io.StringIO(data.decode())))
    assert len(rows) == 24
    row = next(row for row in rows if row["decision_id"] == one["decision_id"])
    assert (row["reward"], row["outcomes"]) == ("1.0", '{"click":1}')
    assert float(row["pi"]) == one["items"][0]["pi"]  # type: ignore[index,call-overload]
    table = pq.read_table(io.BytesIO(exported("parquet")[0]))
    assert table.column_names == list(rows[0])
    assert table.num_rows == 24


def test_off_policy_from_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "log.dsjson"
    file.write_bytes(b"\n".join(made_log(2_000, 0.4)))
    runner = CliRunner()
    shown = runner.invoke(app, ["off-policy", str(file), "--policy", "uniform"])
    assert shown.exit_code == 0, shown.output
    told = " ".join(shown.output.split())
    assert "2000 choices of 2000 units" in told
    # Whatever is told, it is told how far it can be trusted.
    for part in ("mean weight 1.00 (should be 1)", "largest 1.25", "0.0% of what the policy would"):
        assert part in told, part
    assert "Weights above 20.00 in 0.0% of choices" in told
    for part in ("first half", "second half", "model", "arm"):
        assert part in told, part
    missing = runner.invoke(app, ["off-policy", str(tmp_path / "none")])
    assert missing.exit_code == 1
