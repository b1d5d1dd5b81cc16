"""A segment built of rows: rule text, live size, saving, the warning before a change, and undo."""

from collections.abc import Iterator

import pytest

from tests.flow.sites import CONFIGURATION
from tests.web.roles import browser_of
from tests.web.serving import Running, empty_site
from wegweiser.flow.segment_rules import compile_segment
from wegweiser.web.pages.segment_rows import (
    KINDS,
    OPERATORS,
    ROWS,
    RuleRow,
    rows_of,
    rule_of_rows,
    when_of,
)

TEAM = {"kind-1": "trait", "name-1": "plan", "operator-1": "is", "value-1": "team"}


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """Twelve people on a plan, one of them not."""
    running = Running(empty_site)
    elements = [
        {"type": "identify", "userId": f"u-{number}", "messageId": f"m-{number}"}
        | {"traits": {"plan": "team" if number else "free"}}
        for number in range(13)
    ]
    running.wait(running.site.loader.take("crm", elements))
    yield running
    running.close()


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (RuleRow("trait", "seat count", "at_least", "5"), 'p.traits["seat count"] >= 5.0'),
        (RuleRow("trait", "paid", "is_not", "true"), "p.traits.paid != true"),
        (RuleRow("trait", "city", "contains", 'a"b'), 'p.traits.city.contains("a\\"b")'),
        (RuleRow("event", "Demo", "at_most", "3", "7d"), 'count("Demo", "7d") <= 3'),
        (RuleRow("stage", "evaluate", "at_least", "0,5"), "p.stage.evaluate >= 0.5"),
        (RuleRow("segment", "team", "is_not"), '!in_segment("team")'),
        (RuleRow("consent", "email", "is"), 'consented("email")'),
        (RuleRow("interest", "pricing", "at_least", "1"), "p.interests.pricing >= 1.0"),
    ],
)
def test_every_kind_of_row_makes_a_rule_that_compiles(row: RuleRow, rule: str) -> None:
    written, faults = rule_of_rows((row, RuleRow()), "all")
    assert (written, faults) == (rule, ())
    assert compile_segment(written, "person").when == rule


def test_rows_that_make_no_rule_name_the_field() -> None:
    for row in (
        RuleRow("event", "Demo", "is", "some"),
        RuleRow("stage", "nowhere"),
        RuleRow("trait"),
    ):
        assert rule_of_rows((RuleRow(), row), "all")[1][0][0] == "value-2"
    for kind in KINDS:
        for operator in OPERATORS:
            written, faults = rule_of_rows((RuleRow(kind, "explore", operator, "2"),), "all")
            assert bool(written) != bool(faults)


def test_rows_are_joined_and_win_over_text() -> None:
    second = {"kind-2": "event", "name-2": "Demo", "operator-2": "at_least", "value-2": "1"}
    form = TEAM | second | {"join": "any", "when": "false"}
    assert when_of(form)[0] == 'p.traits.plan == "team" || count("Demo") >= 1'
    assert when_of({"when": "true"}) == ("true", ())
    assert len(rows_of(form)) == ROWS


@pytest.mark.parametrize(("language", "told"), [("en", "This rule takes in 12"), ("de", "12")])
def test_a_plain_form_counts_and_shows_the_rule(server: Running, language: str, told: str) -> None:
    page = server.client.post(f"/segments?lang={language}", data=TEAM).text
    assert told in page
    assert "p.traits.plan == &#34;team&#34;" in page
    wrong = server.client.post(f"/segments?lang={language}", data=TEAM | {"operator-1": "at_least"})
    assert wrong.status_code == 422
    assert 'value="team"' in wrong.text
    half = TEAM | {"operator-1": "at_least"}
    typing = server.client.post("/segments", data=half, headers={"x-swap": "1"})
    assert typing.status_code == 200


def test_what_is_saved_can_be_taken_back_and_a_change_is_asked_for_first(server: Running) -> None:
    saved = TEAM | {"key": "teams", "title": "Teams", "of": "person"}
    assert server.client.post("/segments/save", data=TEAM | {"key": "Not a key"}).status_code == 422
    assert server.client.post("/segments/save", data=saved).status_code == 303
    held = server.site.segments.get("teams")
    assert held is not None
    assert (held.name, held.when) == ("Teams", 'p.traits.plan == "team"')
    changed = saved | {"value-1": "free"}
    asked = server.client.post("/segments/save?lang=en", data=changed)
    assert asked.status_code == 422
    assert "Tick the box" in asked.text
    assert server.client.post("/segments/save", data=changed | {"sure": "1"}).status_code == 303
    notice = server.client.get("/segments/teams?lang=en").text
    assert 'action="/segments/save"' in notice
    assert "/segments?edit=teams" in notice
    back = {"key": "teams", "of": "person", "when": held.when, "title": "Teams", "sure": "1"}
    assert server.client.post("/segments/save", data=back).status_code == 303
    assert server.site.segments.get("teams").when == held.when  # type: ignore[union-attr]
    edit = server.client.get("/segments?edit=teams&lang=en").text
    assert "This rule takes in 12" in edit
    assert server.client.post("/segments/remove", data={"key": "teams"}).status_code == 303
    assert server.site.segments.get("teams") is None


def test_a_segment_that_a_decision_asks_for_says_so_before_it_changes(server: Running) -> None:
    ruled = CONFIGURATION.replace(
        "'person.traits.plan != \"enterprise\"', on_unknown: pass", "'\"asked\" in person.segments'"
    )
    segment = "---\n{kind: segment, key: asked, when: 'person.traits.plan == \"team\"'}\n"
    server.wait(server.site.applier.apply([("asked.yaml", ruled + segment)]))
    form = TEAM | {"key": "asked", "value-1": "free", "of": "person"}
    told = server.client.post("/segments/save?lang=en", data=form)
    assert told.status_code == 422
    assert "is used by the rule" in told.text


def test_an_analyst_cannot_single_anybody_out(server: Running) -> None:
    analyst = browser_of(server, "analyst")
    one = TEAM | {"value-1": "free"}
    page = analyst.post("/segments?lang=en", data=one).text
    assert "This rule takes in under 10" in page
    assert "Share of all" not in page
    assert "This rule takes in about 10" in analyst.post("/segments?lang=en", data=TEAM).text
    assert "This rule takes in 1<" in server.client.post("/segments?lang=en", data=one).text


def test_only_who_may_publish_saves(server: Running) -> None:
    analyst = browser_of(server, "analyst")
    assert "/segments/save" not in analyst.get("/segments").text
    assert analyst.post("/segments/save", data=TEAM | {"key": "theirs"}).status_code == 403
    assert server.site.segments.get("theirs") is None
