"""Search: mistakes are forgiven, words stay out of addresses, and nobody finds more than theirs."""

from tests.web.roles import browser_of
from tests.web.serving import Running
from wegweiser.workspace import operations

PERSON = {
    "type": "identify",
    "userId": "u-search",
    "messageId": "search-1",
    "traits": {"name": "Wilhelmina Quastenhuber", "email": "w.quaste@suche.example"},
}
JOINED = {
    "type": "group",
    "userId": "u-search",
    "groupId": "quittenhof",
    "messageId": "search-2",
    "traits": {"name": "Quittenhof Werke"},
}


def put(running: Running, *elements: dict[str, object]) -> None:
    running.wait(running.site.loader.take("crm", [dict(one) for one in elements]))
    running.wait(running.site.intake.settle())


def found(running: Running, words: str) -> list[str]:
    told = running.wait(operations.run(running.site, "profile_search", {"words": words}))
    assert told["read"] == 1
    return [f"{one['type']}:{one['id']}" for one in told["found"]]


def test_people_and_accounts_are_found_by_name_mail_and_company(running: Running) -> None:
    put(running, PERSON, JOINED)
    person = f"person_id:{running.site.views.find_person('user_id:u-search')}"
    for words in ("quastenhuber", "Wilhemina Quastenhuber", "QUASTNEHUBER", "quaste suche"):
        assert found(running, words)[0] == person, words
    assert found(running, "quitenhof")[0] in (person, "group_id:quittenhof")
    assert "group_id:quittenhof" in found(running, "quittenhof werke")
    assert found(running, "quastenhuber nobody-of-this-name")[0] == person
    assert found(running, "zzzzzzzz") == []
    put(running, {**PERSON, "messageId": "search-3", "traits": {"name": "Wilhelmina Vormwald"}})
    assert found(running, "vormwlad") == [person]
    assert person not in found(running, "quastenhuber")


def test_the_page_lists_the_nearest_and_keeps_the_words_out_of_the_address(
    running: Running,
) -> None:
    put(running, PERSON, JOINED)
    answer = running.client.post("/profiles?lang=en", data={"search": "Wilhelmyna"})
    assert answer.status_code == 200
    assert "Found, the nearest first" in answer.text
    assert f"/people/{running.site.views.find_person('user_id:u-search')}" in answer.text
    assert "Wilhelmyna" not in str(answer.url)
    assert "search=Wilhelmyna" not in answer.text
    jumped = running.client.post("/jump?lang=en", data={"search": "Quitenhof"})
    assert "/accounts/quittenhof" in (jumped.headers.get("location") or jumped.text)


def test_nobody_finds_more_than_they_may_see(running: Running) -> None:
    put(running, PERSON, JOINED)
    path = f"/people/{running.site.views.find_person('user_id:u-search')}"
    for role in ("marketer", "sales"):
        shown = browser_of(running, role).post("/profiles", data={"search": "Wilhelm"}).text
        listed = shown.partition('id="found"')[2].partition("</section>")[0]
        assert path not in listed, role
    assert browser_of(running, "analyst").post("/profiles", data={"search": "x"}).status_code == 403
    put(running, {**JOINED, "messageId": "search-4", "traits": {"owner": "sales-1"}})
    own = browser_of(running, "sales").post("/profiles?lang=en", data={"search": "Wilhelm"}).text
    assert path in own[own.index('id="found"') :]
    assert "My accounts" in own


def test_whoever_was_erased_is_found_no_more_and_no_word_is_kept(fresh: Running) -> None:
    gone = {**PERSON, "userId": "u-gone", "messageId": "gone-1"}
    gone["traits"] = {"name": "Theophanu Zwetschgenmeier"}
    put(fresh, gone)
    assert found(fresh, "zwetschgenmeier")
    wish = {"identifier": "user_id:u-gone", "confirm": True}
    fresh.wait(operations.run(fresh.site, "forget", wish))
    assert found(fresh, "zwetschgenmeier") == []
    search = fresh.site.profiles.search
    assert not any("zwetschgenmeier" in word for word in search._index._words)
