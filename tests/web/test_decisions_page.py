"""Decisions: the list, whom it is open to, and what another lever would have changed."""

import csv
import io
import re

import msgspec
import pytest

from tests.web.roles import browser_of
from tests.web.serving import Running, settled
from tests.web.test_pages import Reading
from wegweiser.decide.naming import name_in
from wegweiser.decide.sentence import reason_in_words
from wegweiser.decide.sentence_words import WORDS
from wegweiser.terms.decision import Decision
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.ulid import ulid
from wegweiser.web.pages.decisions.listing import ROWS


def newest(running: Running) -> list[Decision]:
    site = running.site
    return [*site.unifier.decisions.newest(2_000, site.clock.now_ms())][::-1]


def test_the_list_is_newest_first_and_each_row_leads_to_its_why(running: Running) -> None:
    page = settled(running.client, "/decisions?lang=en")
    found = re.findall(r'<a href="/decisions/(dec_\w+)">Why\?', page)
    assert found == [one.decision_id for one in newest(running)][: len(found)]
    assert len(found) == ROWS
    assert running.client.get(f"/decisions/{found[0]}").status_code == 200
    assert 'data-live="/decisions/stream"' in page


def test_a_filter_in_the_address_keeps_its_decisions_and_pages_hold_them_all(
    running: Running,
) -> None:
    message = next(one.items[0].message for one in newest(running) if one.items)
    wanted = {
        one.decision_id
        for one in newest(running)
        if any(item.message == message for item in one.items)
    }
    found: set[str] = set()
    for number in range(1, -(-len(wanted) // ROWS) + 1):
        path = f"/decisions?filter=message:{message}&page={number}"
        found |= set(re.findall(r'<a href="/decisions/(dec_\w+)">', running.client.get(path).text))
    assert found == wanted


def test_who_sees_counts_only_gets_no_row_and_no_file(running: Running) -> None:
    analyst = browser_of(running, "analyst")
    page = settled(analyst, "/decisions?lang=en")
    assert "dec_" not in page
    assert "/people/" not in page
    assert "Your role sees counts only." in page
    assert analyst.get("/decisions?form=csv").status_code == 403
    assert browser_of(running, "support").get("/decisions").status_code == 403


def test_the_file_holds_what_the_list_holds(running: Running) -> None:
    taken = running.client.get("/decisions?form=csv")
    rows = list(csv.DictReader(io.StringIO(taken.content.decode("utf-8-sig"))))
    assert [row["decision_id"] for row in rows] == [one.decision_id for one in newest(running)]
    assert "person" not in "".join(rows[0])


def test_the_live_sign_is_sent_when_something_new_is_logged(running: Running) -> None:
    with running.client.stream("GET", "/decisions/stream") as answer:
        lines = answer.iter_lines()
        assert next(lines).startswith("retry")
        first = next(line for line in lines if line.startswith("data:"))
        element = {"type": "track", "userId": "u-live", "event": "Looked", "messageId": "live-1"}
        running.wait(running.site.loader.take("live", [element]))
        assert any(line.startswith("data:") and line != first for line in lines)


@pytest.mark.parametrize("language", ["en", "de"])
def test_another_lever_is_tried_and_nothing_is_saved(running: Running, language: str) -> None:
    site = running.site
    before = site.unifier.policies.bundle.number, site.unifier.position
    moved = 0
    for one in [one for one in newest(running) if one.draws and one.items][:6]:
        path = f"/decisions/{one.decision_id}?lang={language}"
        page = running.client.get(path).text
        if 'id="lever"' not in page:
            continue
        told = running.client.get(f"{path}&lever=2").text
        reading = Reading(told)
        assert any(tag.get("id") == "tried" for tag in reading.all("div"))
        moved += bool(re.search(r'id="tried" role="status">\s*<p>', told))
        refused = running.client.get(f"{path}&lever=9").text
        assert re.search(r'class="wrong">[^<]*0[.,]5', refused)
    assert moved
    assert (site.unifier.policies.bundle.number, site.unifier.position) == before


def test_the_ranking_holds_every_candidate_twenty_to_a_page(running: Running) -> None:
    ranked = 0
    for one in [one for one in newest(running) if one.draws and one.items][:4]:
        told = running.site.explain(one.decision_id)
        assert told is not None
        page = running.client.get(f"/decisions/{one.decision_id}?lang=en").text
        for chosen in told["chosen"]:  # type: ignore[union-attr]
            rows = chosen["ranked"]  # type: ignore[call-overload, index]
            utilities = [row["utility"] for row in rows]  # type: ignore[call-overload, index]
            assert utilities == sorted(utilities, reverse=True)
            assert sum(row["pi"] for row in rows) <= 1.0 + 1e-9  # type: ignore[call-overload, index]
            shown = [row["candidate"] for row in rows][:20]  # type: ignore[call-overload, index]
            assert all(f"<span>{name}</span>" in page for name in shown)
            ranked += len(rows)
        assert page.count('<tr class="here">') == 1 + len(told["chosen"])  # type: ignore[arg-type]
    assert ranked


@pytest.mark.parametrize("language", ["en", "de"])
def test_it_is_decided_again_as_of_now_and_nothing_is_kept(running: Running, language: str) -> None:
    site = running.site
    one = next(one for one in newest(running) if one.items and one.asked)
    before = len(newest(running)), site.unifier.position
    path = f"/decisions/{one.decision_id}?lang={language}"
    assert 'name="again"' in running.client.get(path).text
    told = running.client.get(f"{path}&again=now").text
    words = "now it would be" if language == "en" else "Jetzt wäre es"
    assert words in told
    assert (len(newest(running)), site.unifier.position) == before


def test_an_old_decision_is_told_apart_from_one_that_never_was(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = running.site
    settings = msgspec.structs.replace(site.settings, retention_days=30)
    monkeypatch.setattr(site, "settings", settings)
    now = site.clock.now_ms()
    old = running.client.get(f"/decisions/dec_{ulid(now - 40 * DAY_MS, bytes(10))}?lang=en")
    young = running.client.get(f"/decisions/dec_{ulid(now - DAY_MS, bytes(10))}?lang=en")
    assert old.status_code == young.status_code == 404
    assert "older than the 30 days" in old.text
    assert "No decision is known under this id." in young.text


def test_the_portfolio_says_what_decisions_come_to(running: Running) -> None:
    page = settled(running.client, "/decisions/portfolio?lang=en")
    for name in ("decisions-dropoff", "decisions-nothing", "decisions-contests", "lift-arms"):
        assert f'id="{name}"' in page
    assert '<p class="answer">' in page
    assert 'href="/decisions/portfolio"' in running.client.get("/decisions").text


@pytest.mark.parametrize(
    ("withheld", "german", "english"),
    [
        ("sensitive_traits", "keines ihrer sensiblen Merkmale", "none of their sensitive traits"),
        ("other_devices", "nur, was auf diesem Gerät geschah", "what happened on this device"),
    ],
)
def test_a_decision_says_what_it_was_not_to_know(
    running: Running, monkeypatch: pytest.MonkeyPatch, withheld: str, german: str, english: str
) -> None:
    one = next(one for one in newest(running) if one.facts and one.person_id)
    path = f"/decisions/{one.decision_id}"
    assert "behauptet nur" not in running.client.get(f"{path}?lang=de").text
    told = msgspec.structs.replace(one, facts={**one.facts, "withheld": withheld})
    monkeypatch.setitem(running.site.unifier.decisions._recent, one.decision_id, told)
    assert german in running.client.get(f"{path}?lang=de").text
    assert english in running.client.get(f"{path}?lang=en").text


def test_the_sentence_and_the_tables_tell_caps_and_stages_by_their_names(
    running: Running,
) -> None:
    site = running.site
    keys = [cap.key for cap in site.unifier.policies.bundle.caps]
    capped = [
        one
        for one in newest(running)
        if any(f"cap:{key}" == drop.reason for drop in one.drops for key in keys)
    ]
    assert capped
    for one in capped[:3]:
        page = running.client.get(f"/decisions/{one.decision_id}?lang=de").text
        assert not any(f"„{key}“" in page for key in keys)
    table = settled(running.client, "/measure/one/decisions.dropoff?lang=de&period=90d")
    told = set(re.findall(r"Kontaktobergrenze ([^<]*)", table))
    assert told
    assert told == {one for one in told if " je " in one}


def test_what_a_sentence_speaks_of_is_called_by_its_name() -> None:
    names = {("cap", "weekly"): "3 in 7 days", ("goal", "won"): "A deal"}

    def naming(language: str, kind: str, key: str) -> str:
        return names.get((kind, key), "") if language == "en" else ""

    found = {
        reason: reason_in_words(
            WORDS["en"], "contact", reason, name_in(naming, "en", "contact", reason)
        )
        for reason in ("cap:weekly", "cap:other", "goal_reached:won")
    }
    assert found["cap:weekly"] == "that the limit “3 in 7 days” is used up"
    assert found["cap:other"] == "that the limit “other” is used up"
    assert found["goal_reached:won"] == "that the goal “A deal” is reached"
