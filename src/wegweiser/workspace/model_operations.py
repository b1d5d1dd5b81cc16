"""Operations on the models that decide: list, look inside, the guard, promote, retrain."""

from wegweiser.decide.own_models import BETA, SHARED
from wegweiser.learn.calibration import judge
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.model import Head, Snapshot
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import text
from wegweiser.workspace.site import Site

MOST_FEATURES = 20


async def models_list(site: Site, arguments: JsonObject) -> Json:
    """List the models that can decide, which of them does, and the snapshots that are kept."""
    room = site.deciding.learning
    snapshot = room.trainer.snapshot
    stand_ins = site.unifier.policies.stand_ins
    arms = site.unifier.policy.bundle.arms
    names = [SHARED, BETA, *sorted(stand_ins.models)]
    lines = list(room.trainer.book.lines())
    return {
        "champion": snapshot.champion or SHARED,
        "challenger": arms.challenger_model,
        "challenger_share": arms.challenger,
        "models": [{"name": name, "failures": stand_ins.failures[name]} for name in names],
        "snapshot": _line(snapshot),
        "kept": len(lines),
        "bytes": sum(line.bytes for line in lines),
    }


def _line(snapshot: Snapshot) -> JsonObject:
    learned = snapshot.labels > 0
    return {
        "number": snapshot.number,
        "labels": snapshot.labels,
        "watermark": format_instant(snapshot.watermark) if learned else None,
        "sha256": snapshot.digest,
        "code": snapshot.code or None,
    }


async def model_show(site: Site, arguments: JsonObject) -> Json:
    """Look inside a snapshot, by `number` (the newest): heads with what moves them most."""
    number = arguments.get("number")
    trainer = site.deciding.learning.trainer
    if number is not None and (not isinstance(number, int) or isinstance(number, bool)):
        raise InputRefused(
            "bad_input", wrong("number_of", name="number", what="snapshot"), 422, "number"
        )
    found = trainer.snapshot if number is None else trainer.numbered(number)
    return {
        **_line(found),
        "heads": {name: _head(found, head) for name, head in sorted(found.heads.items())},
        "increments": {
            goal: {
                "kappa": one.kappa,
                "lift": one.lift,
                "error": one.error,
                "predicted": one.predicted,
            }
            for goal, one in sorted(found.increments.items())
        },
        "guards": _guards(found),
    }


def _head(snapshot: Snapshot, head: Head) -> JsonObject:
    strongest = sorted(head.mean, key=lambda name: (-abs(head.mean[name]), name))[:MOST_FEATURES]
    return {
        "labels": head.labels,
        "positives": head.positives,
        "features": len(head.mean),
        "strongest": [
            {
                "feature": snapshot.names.get(name, name),
                "points": round(head.mean[name], 4),
                "doubt": round(head.variance[name] ** 0.5, 4),
            }
            for name in strongest
        ],
    }


def _guards(snapshot: Snapshot) -> list[Json]:
    return [
        {
            "head": guard.head,
            "part": guard.part,
            "since": format_instant(guard.since * DAY_MS)[:10],
            "clean_nights": guard.clean,
        }
        for guard in snapshot.guards
    ]


async def models_guard(site: Site, arguments: JsonObject) -> Json:
    """Tell of every slice how well it foretold since it was last judged, and which are guarded."""
    snapshot = site.deciding.learning.trainer.snapshot
    slices: list[Json] = []
    for name, cells in sorted(snapshot.tallies.items()):
        found = judge(cells)
        head, _, part = name.partition("|")
        slices.append(
            {
                "head": head,
                "part": part,
                "labels": found.count,
                "expected": round(found.expected, 2),
                "found": found.found,
                "error": round(found.error, 4),
                "enough": found.enough,
            }
        )
    return {"guards": _guards(snapshot), "right": [*snapshot.judged], "slices": slices}


async def model_promote(site: Site, arguments: JsonObject) -> Json:
    """Let the model of this `name` decide for everybody; "shared" is the built-in one."""
    snapshot = site.deciding.learning.promote(text(arguments, "name"))
    return {"champion": snapshot.champion or SHARED, "snapshot": _line(snapshot)}


async def models_retrain(site: Site, arguments: JsonObject) -> Json:
    """Learn everything once more from the log; with `adopt` what comes out decides."""
    adopt = arguments.get("adopt", False)
    if not isinstance(adopt, bool):
        raise InputRefused(
            "bad_input",
            wrong("this_or_that", name="adopt", one="true", other="false"),
            422,
            "adopt",
        )
    found, same = await site.deciding.learning.retrain(adopt)
    return {"same": same, "adopted": adopt and not same, "snapshot": _line(found)}


OPERATIONS = {
    "models_list": models_list,
    "model_show": model_show,
    "models_guard": models_guard,
    "model_promote": model_promote,
    "models_retrain": models_retrain,
}
