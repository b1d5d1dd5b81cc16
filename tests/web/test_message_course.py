"""What became of a message lately: channels and stages, why it loses, and states in words."""

import re

import pytest

from tests.web.serving import Running, settled
from wegweiser.terms.decision import Decision
from wegweiser.web.pages.messages.links import fault_of, links_in
from wegweiser.workspace import operations


def newest(running: Running) -> list[Decision]:
    site = running.site
    return list(site.unifier.decisions.newest(2_000, site.clock.now_ms()))


def drawn(running: Running, decision: Decision, key: str) -> bool:
    candidates = running.site.unifier.policies.of(decision.bundle).candidates
    chosen = [draw.chosen for draw in decision.draws if draw.chosen < len(candidates)]
    return any(candidates[at].message.key == key for at in chosen)


def test_the_course_counts_each_decision_once(running: Running) -> None:
    site, found = running.site, newest(running)
    for message in site.unifier.policies.bundle.messages:
        key = message.key
        told = running.wait(operations.run(site, "message_course", {"key": key}))
        with_it = [one for one in found if any(item.message == key for item in one.items)]
        assert told["looked_at"] == len(found)
        assert told["chosen"] == len(with_it)
        # Whoever is held out gets no item: only the draw tells what it would have been.
        held = [one for one in found if one.ghost and drawn(running, one, key)]
        assert told["held_back"] == sum(one not in with_it for one in held)
        assert told["chosen"] + told["held_back"] + told["outdrawn"] <= len(found)
        for parts in ("channels", "stages"):
            rows = told[parts].values()
            assert sum(row["decisions"] for row in rows) == told["chosen"]
            assert all(row["clicked"] <= row["decisions"] for row in rows)
            assert all(row["people"] <= row["decisions"] for row in rows)


def test_a_message_that_was_never_weighed_has_reasons_only(running: Running) -> None:
    told = running.wait(operations.run(running.site, "message_course", {"key": "nowhere"}))
    assert (told["chosen"], told["outdrawn"], told["dropped"]) == (0, 0, {})


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_page_says_where_it_was_chosen_and_why_it_loses(
    running: Running, language: str
) -> None:
    key = next(item.message for one in newest(running) for item in one.items)
    told = running.wait(operations.run(running.site, "message_course", {"key": key}))
    page = settled(running.client, f"/messages/{key}?lang={language}")
    section = page.split('id="where"')[1].split("</section>")[0]
    figures = re.findall(r'<td class="number"[^>]*>\s*<span>(\d+)</span>', section)
    assert str(told["chosen"]) in figures or len(told["channels"]) > 1
    losses = page.split('id="losses"')[1].split("</section>")[0]
    assert ("another message was drawn" in losses) == (
        language == "en" and told["outdrawn"] > 0 and len(told["dropped"]) < 10
    )
    assert "/simulate?period=30d" in page


@pytest.mark.parametrize(
    ("link", "is_sent", "wrong"),
    [
        ("https://example.com/a?b=c", True, "fine"),
        ("http://example.com", False, "is not encrypted; write https://"),
        ("https://example", False, "names no host"),
        ("/prices", False, "fine"),
        ("/prices", True, "begins on the page where it is shown; in a mail it leads nowhere"),
        ("javascript:alert(1)", False, "is no link; begin with https://"),
        ("//example.com", False, "is no link; begin with https://"),
        ("https://example.com/a b", False, "holds a blank"),
        ("mailto:ada@example.com", True, "fine"),
        ("{{ person.traits.page }}", False, "fine"),
        (
            "https://example.com/?m={{ person.traits.email }}",
            False,
            "holds something personal, which then stands in logs and addresses",
        ),
    ],
)
def test_each_link_is_judged(link: str, is_sent: bool, wrong: str) -> None:
    assert fault_of(link, is_sent) == wrong


def test_links_are_found_in_fields_texts_and_markup() -> None:
    content = {
        "url": "https://example.com/a",
        "html": '<p><a href="https://example.com/b">b</a></p>',
        "more": [{"link": "/c"}, "and https://example.com/d, too"],
        "title": "no link",
    }
    assert list(links_in(content)) == [
        "https://example.com/a",
        "https://example.com/b",
        "/c",
        "https://example.com/d",
    ]
