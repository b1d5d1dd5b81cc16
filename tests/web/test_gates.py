"""The states before there are figures, each reached by data alone."""

from tests.web.serving import Running, settled, until


def test_nothing_was_ever_sent(fresh: Running) -> None:
    page = settled(fresh.client, "/")
    assert "Nothing has arrived yet" in page
    assert "<svg viewBox" in page
    assert 'class="chart"' not in page


def test_what_was_sent_could_not_be_used(fresh: Running) -> None:
    taken = fresh.wait(fresh.site.loader.take("files", [{"type": "track", "userId": "u"}]))
    assert taken.quarantined == 1
    page = settled(fresh.client, "/")
    assert "Listening" in page
    assert "1 event waits in quarantine" in page


def test_nothing_in_the_period_names_the_newest_day(fresh: Running) -> None:
    old = {"type": "page", "userId": "u", "timestamp": "2020-05-17T12:00:00Z"}
    fresh.wait(fresh.site.loader.take("files", [old]))
    page = settled(fresh.client, "/")
    assert "Nothing in this period" in page
    assert "17 May 2020" in page


def test_the_first_day_has_figures(fresh: Running) -> None:
    now = fresh.site.clock.now_ms()
    seen = {"type": "page", "userId": "u", "timestamp": now, "properties": {"path": "/"}}
    fresh.wait(fresh.site.loader.take("files", [seen]))
    page = settled(fresh.client, "/")
    assert "1 people visited." in page or "1 person visited." in page
    assert 'class="chart"' in page


def test_new_events_reach_today_while_the_old_answer_is_shown(fresh: Running) -> None:
    clock = fresh.site.clock
    page = {"type": "page", "userId": "u-1", "timestamp": clock.now_ms()}
    fresh.wait(fresh.site.loader.take("files", [page]))
    assert '<p class="value">1</p>' in settled(fresh.client, "/")
    fresh.wait(fresh.site.loader.take("files", [page | {"userId": "u-2"}]))
    clock.advance(60_000)  # type: ignore[attr-defined]
    fresh.client.get("/")
    until(lambda: '<p class="value">2</p>' in fresh.client.get("/").text)
