"""Scores: features without leaks, the same in archive and view, refusals, consent, explanations."""

from collections.abc import Iterator
from itertools import pairwise

import msgspec
import pytest

from tests.flow.score_world import Played, played
from tests.flow.sites import CONSENT, caller, post
from wegweiser.flow.archive import offer_archive
from wegweiser.flow.report import Reporter
from wegweiser.flow.score_subjects import subject_rows, subjects_table
from wegweiser.flow.score_training import LEAST_POSITIVES, ScoreTrainer, moments_of
from wegweiser.flow.score_wish import ScoreWish
from wegweiser.learn.score_columns import Raw
from wegweiser.profile.score_facts import score_facts
from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.instant import DAY_MS, day_of, format_instant
from wegweiser.terms.reserved_traits import Of
from wegweiser.terms.score import ScoreDeclared, ScoreFeature
from wegweiser.workspace.analyst import InlineAnalyst


@pytest.fixture(scope="module")
def world() -> Iterator[Played]:
    with played() as found:
        found.ask("score_train")
        yield found


def reporter_of(world: Played) -> Reporter:
    analyst = world.site.analyst
    assert isinstance(analyst, InlineAnalyst)
    return analyst._reporter


def trainer(world: Played, of: Of, predicts: str = "goal", days: int = 14) -> ScoreTrainer:
    reporter, site = reporter_of(world), world.site
    reporter.catch_up(world.runner.run(site.intake.checkpoint()))
    offer_archive(reporter._archive, reporter._warehouse)
    rows = subject_rows(site.unifier.directory, of, frozenset())
    reporter._warehouse.offer("subjects", subjects_table(rows))
    declared = msgspec.convert(
        {"key": "x", "predicts": predicts, "goal": "demo-booked", "unit": of}, ScoreDeclared
    )
    wish = ScoreWish(declared=declared, window_days=days, as_of=site.clock.now_ms(), upto=0)
    return ScoreTrainer(reporter._warehouse, wish)


def live(
    world: Played, of: Of, name: str, features: tuple[ScoreFeature, ...], cut: int
) -> list[Raw]:
    views = world.site.views
    if of == "person":
        return score_facts(features, views.cells_of(name), (), cut)
    return score_facts(features, views.account_cells_of(name), views.own_cells_of(name), cut)


@pytest.mark.parametrize("of", ["person", "account"])
@pytest.mark.parametrize("back", [40, 20, 0, -1])
def test_features_of_archive_and_of_view_are_the_same(world: Played, of: Of, back: int) -> None:
    found = trainer(world, of)
    cut = day_of(world.site.clock.now_ms()) - back
    features = found.features([cut])
    assert any(one.event for one in features)
    rows = found._rows(features, [cut])
    assert len(rows.raw) > 50
    for subject, raw in zip(rows.subjects, rows.raw, strict=True):
        assert live(world, of, subject, features, cut) == raw


def test_no_feature_knows_what_happened_from_the_cut_on() -> None:
    """Whatever comes on the day of the cut or later changes labels and nothing else."""
    with played(seed=5, days=45, accounts=12) as world:
        cut = day_of(world.site.clock.now_ms()) - 14
        features = trainer(world, "person").features([cut])
        before = trainer(world, "person")._rows(features, [cut])
        key, _ = caller(world.site)
        buyers = before.subjects[:8]
        events = [
            {
                "type": "track",
                "event": event,
                "messageId": f"late-{event}-{number}-{place}",
                "userId": user,
                "timestamp": format_instant(cut * DAY_MS + number * 1_800_000),
                "context": CONSENT,
            }
            for place, user in enumerate(_user_ids(world, buyers))
            for number in range(30)
            for event in ("Demo Booked", "Page Viewed", "Order Completed")
        ]
        world.runner.run(post(world.site, key, "/v1/batch", {"batch": events}))
        after = trainer(world, "person")._rows(features, [cut])
        raw = dict(zip(after.subjects, after.raw, strict=True))
        assert all(raw[name] == one for name, one in zip(before.subjects, before.raw, strict=True))
        assert after.positives > before.positives


def _user_ids(world: Played, names: list[str]) -> list[str]:
    known = (world.site.views.person(name).identifiers for name in names)
    return [one.value for each in known for one in each if one.type == "user_id"]


def test_moments_do_not_overlap_and_their_windows_are_over() -> None:
    found = moments_of(first_day=100, today=400, window_days=14)
    assert all(after - before == 14 for before, after in pairwise(found))
    assert found[-1] + 14 == 400
    assert found[0] >= 114
    assert len(found) == 13


def test_a_score_is_learned_judged_on_later_moments_and_the_same_again(world: Played) -> None:
    # What other tests changed since is in it by then.
    world.ask("score_train", key="quiet")
    told = world.ask("score_show", key="quiet")
    assert told["status"] == "ok"
    model = world.site.scoring.book.newest("quiet")
    assert model is not None
    kept = len(world.site.scoring.book.models_of("quiet"))
    assert max(model.cuts) + model.window_days <= min(model.holdout_cuts)
    quality = model.quality
    assert 0.6 < quality.auc.low < quality.auc.value < quality.auc.high < 1
    assert quality.slope.low < 1 < quality.slope.high
    assert quality.brier < quality.brier_of_rate
    assert sum(one.count for one in quality.deciles) == quality.rows
    for one in quality.deciles:
        # Four standard errors of a rate, so that one of ten fails once in a thousand worlds.
        error = (max(one.said * (1 - one.said), 0.05) / one.count) ** 0.5
        assert abs(one.said - one.came) < 4 * error + 0.05
    again = world.ask("score_train", key="quiet")["scores"]
    assert isinstance(again, list)
    assert isinstance(again[0], dict)
    assert (again[0]["sha256"], again[0]["model"]) == (model.sha256, model.number)
    world.runner.run(world.site.analyst.rebuild(world.runner.run(world.site.intake.settle())))
    world.ask("score_train", key="quiet")
    assert len(world.site.scoring.book.models_of("quiet")) == kept


def test_drift_is_none_against_itself_and_large_for_other_people(world: Played) -> None:
    model = world.site.scoring.book.newest("quiet")
    assert model is not None
    found = trainer(world, "person", "dormancy")
    near = found.drift_of(model)
    assert near is not None
    assert set(near.features) == {one.name for one in model.features}
    assert near.score < 0.25
    early = msgspec.structs.replace(found._wish, as_of=world.site.clock.now_ms() - 80 * DAY_MS)
    then = ScoreTrainer(found._warehouse, early).drift_of(model)
    assert then is not None
    assert then.features["events of 90 days"] > 0.25


def test_too_little_data_is_an_answer(world: Played) -> None:
    told = world.ask("score_show", key="fit")
    assert told["status"] == "too_little_data"
    assert f"of {LEAST_POSITIVES} cases" in str(told["missing"])
    assert told["model"] is None
    account = next(iter(sorted(world.site.unifier.directory.accounts())))
    explained = world.ask("score_explain", key="fit", identifier=f"group_id:{account}")
    assert explained["why"] == "too_little_data"
    assert world.site.knowing.insights.account(account).scores == {}


def scored(world: Played) -> list[str]:
    views = world.site.knowing.insights
    names = sorted(world.site.unifier.directory.persons())
    return [name for name in names if "quiet" in views.person(name).scores]


def test_profiles_rules_and_segments_read_scores(world: Played) -> None:
    site = world.site
    names = scored(world)
    assert len(names) > 50
    shown = site.knowing.insights.person(names[0]).scores["quiet"]
    assert 0 < shown.low <= shown.value <= shown.high < 1
    newest = site.scoring.book.newest("quiet")
    assert newest is not None
    assert shown.model == newest.number
    world.runner.run(site.segments.settle())
    for name in names[:60]:
        value = site.views.person(name)
        assert value.scores["quiet"].decile in range(1, 11)
        assert ("drifting" in value.segments) == (value.scores["quiet"].value > 0.5)
    document = world.runner.run(site.profiles.documents.document(names[0], "", None))
    scores = document["scores"]
    assert isinstance(scores, dict)
    assert isinstance(scores["quiet"], dict)
    assert scores["quiet"]["value"] == shown.value
    values = {site.views.person(name).scores["quiet"].value for name in names}
    assert len(values) > 20


def test_contributions_add_up_to_the_logit(world: Played) -> None:
    found = world.ask("score_explain", key="quiet", identifier=f"person_id:{scored(world)[3]}")
    parts = found["contributions"]
    assert isinstance(parts, list)
    points = [float(str(one["points"])) for one in parts if isinstance(one, dict)]
    total = float(str(found["intercept"])) + sum(points) + float(str(found["rest"]))
    assert total == pytest.approx(float(str(found["logit"])), abs=1e-9)
    assert [abs(one) for one in points] == sorted(map(abs, points), reverse=True)


def test_whoever_refuses_profiling_has_no_score_and_teaches_nothing(world: Played) -> None:
    site = world.site
    name = next(one for one in scored(world) if _user_ids(world, [one]))
    user = _user_ids(world, [name])[0]
    key, _ = caller(site)
    refusal = {"consent": {"categoryPreferences": {"profiling": False}}}
    said = {"type": "identify", "userId": user, "messageId": f"no-{user}", "context": refusal}
    world.runner.run(post(site, key, "/v1/batch", {"batch": [said]}))
    world.runner.run(site.intake.settle())
    assert site.knowing.insights.person(name).scores == {}
    assert "drifting" not in site.views.person(name).segments
    explained = world.ask("score_explain", key="quiet", identifier=f"person_id:{name}")
    assert (explained["why"], explained["score"]) == ("no_consent", None)
    denied = world.runner.run(site.scoring._denied())
    assert name in denied
    subjects = {
        str(row["subject"]) for row in subject_rows(site.unifier.directory, "person", denied)
    }
    assert name not in subjects
    assert len(subjects) > 100


def test_models_hold_nothing_of_anybody(world: Played) -> None:
    model = world.site.scoring.book.newest("quiet")
    text = msgspec.json.encode(model).decode()
    directory = world.site.unifier.directory
    for name in directory.persons():
        assert name not in text
        for one in directory.identifiers_of(name):
            assert one.value not in text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("predicts: goal, goal: nothing-such", "does not exist"),
        ("predicts: dormancy", "days is missing"),
        ("predicts: next_purchase, days: 900", "from 1 to 180"),
        ("predicts: fit, goal: demo-booked, unit: person", "fit is of accounts"),
        ("predicts: luck", "luck"),
        ("predicts: dormancy, days: 5, traits: [role]", "of accounts only"),
    ],
)
def test_wrong_declarations_are_refused(world: Played, fields: str, said: str) -> None:
    with pytest.raises(DocumentRefused, match=said):
        world.runner.run(
            world.site.applier.apply([("s.yaml", f"{{kind: score, key: bad, {fields}}}")])
        )
    assert "bad" not in world.site.scoring.book.declared


def test_the_nightly_job_looks_once_a_day_and_learns_once_a_week(world: Played) -> None:
    site, book = world.site, world.site.scoring.book
    numbers = [one.number for one in book.models_of("quiet")]
    site.clock.advance(DAY_MS)  # type: ignore[attr-defined]
    world.runner.run(site.scoring.run_due())
    today = day_of(site.clock.now_ms())
    assert book.checks["quiet"].checked_on == today
    assert book.checks["quiet"].drift is not None
    assert [one.number for one in book.models_of("quiet")] == numbers
    site.clock.advance(7 * DAY_MS)  # type: ignore[attr-defined]
    world.runner.run(site.scoring.run_due())
    assert [one.number for one in book.models_of("quiet")] == [*numbers, numbers[-1] + 1]
