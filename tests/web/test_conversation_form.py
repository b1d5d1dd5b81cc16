"""A refused conversation comes back on its page as it was typed, with a sentence at its field."""

from tests.acceptance.reader import Reader, reading_as
from tests.web.serving import Running
from wegweiser.terms.json import Json

PRESS = "Store the conversation"
TOLD = {"How": "call", "What came of it": "They want a trial", "Note": "<i>call</i>\nsecond line"}


def filled(page: Reader) -> dict[str, str | None]:
    """Give what stands in the form."""
    return {one.field: one.value() for one in page.fields(PRESS)}


def test_a_refused_conversation_loses_nothing(fresh: Running) -> None:
    group: list[Json] = [
        {"type": "group", "userId": user, "groupId": "acme"} for user in ("u-1", "u-2")
    ]
    fresh.wait(fresh.site.loader.take("crm", group))
    page = reading_as(fresh).open("/accounts/acme?lang=en")
    names = [one.label for one in page.fields(PRESS) if one.field.startswith("person-")]
    many = ", ".join(f"topic {number}" for number in range(21))
    typed = {**TOLD, names[1]: True, "Topics": many, "Next step": "Send a price"}
    page.send(PRESS, typed, refused=True)
    assert page.status == 422
    assert page.heading == "acme"
    assert page.says("Name at most 20 topics")
    found = filled(page)
    assert (found["person-0"], found["person-1"] is not None) == (None, True)
    assert (found["topics"], found["next_step"]) == (many, "Send a price")
    assert (found["channel"], found["outcome"]) == ("call", "They want a trial")
    assert found["note"] == "<i>call</i>\nsecond line"
    box = next(one for one in page.fields(PRESS) if one.field == "topics")
    assert page.by_id(box.element["aria-describedby"]).text.startswith("Name at most 20 topics")
    # Nobody took part: said at the boxes, and the rest stands as before.
    page.send(PRESS, {names[1]: False, "Topics": "sso"}, refused=True)
    assert page.says("Choose who took part")
    assert filled(page)["topics"] == "sso"
    assert fresh.site.views.account("acme").counters.get("Sales Conversation Logged") is None
    page.send(PRESS, {names[0]: True})
    assert page.says("The conversation is stored.")
    assert fresh.site.views.account("acme").counters["Sales Conversation Logged"] == 1


def test_a_persons_page_says_it_in_german_and_elsewhere_only_why(fresh: Running) -> None:
    fresh.wait(fresh.site.loader.take("crm", [{"type": "identify", "userId": "u-1"}]))
    person_id = fresh.site.views.find_person("user_id:u-1")
    form = {"back": f"/people/{person_id}", "person-0": "user_id:u-1", "channel": "call"}
    wrong = {**form, "at": "gestern", "note": "bleibt"}
    german = {"accept-language": "de"}
    answer = fresh.client.post("/conversations", data=wrong, headers=german)
    assert answer.status_code == 422
    assert "gestern ist kein Zeitpunkt." in answer.text
    assert "bleibt</textarea>" in answer.text
    lost = fresh.client.post("/conversations", data={**wrong, "back": "/settings"})
    assert lost.status_code == 422
    assert "at &#39;gestern&#39; is no time" in lost.text
