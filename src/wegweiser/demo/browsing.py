"""What one visit to the website or the app leaves behind."""

from random import Random

import msgspec

from wegweiser.demo.calendar import Visit, arrival
from wegweiser.demo.chance import between, count_from_one, pick, pick_weighted, stream
from wegweiser.demo.element import (
    Timed,
    Voice,
    consent_context,
    introduced,
    page_properties,
    person_traits,
)
from wegweiser.demo.guide import guide_opened
from wegweiser.demo.journey import LOOKS, PageClass
from wegweiser.demo.site import (
    ARRIVALS,
    DOWNLOADS,
    HOME,
    LOG_IN,
    PAGES,
    RISE_BEGINS,
    RISING_TOPIC,
    SEARCHES,
    SIGN_UP,
    SITE,
    TOPICS,
    Page,
)
from wegweiser.terms.instant import SECOND_MS
from wegweiser.terms.json import Json, JsonObject

ASKS = 0.75
_SEARCHES, _DOWNLOADS, _ENGAGES, _HOME = 0.08, 0.15, 0.5, 0.5
_MOST_VIEWS, _GOES_ON = 8, 0.25


class Session(msgspec.Struct, frozen=True):
    """The events of one visit; `asks_at` is when the page wants a message, 0 if never.

    `trusted` is what the company's own systems add afterwards.
    """

    events: tuple[Timed, ...]
    asks_at: int
    trusted: tuple[Timed, ...] = ()


class _Recorder:
    """Collects the elements of one visit while its clock moves on."""

    def __init__(self, seed: int, visit: Visit, elapsed: float) -> None:
        self.luck: Random = stream(seed, visit.buyer.user_id, "visit", visit.number)
        self.visit = visit
        self.elapsed = elapsed
        self.at = visit.at
        self.referrer = ""
        self.known = visit.known and visit.step == "none"
        self.session = f"{visit.buyer.user_id}-v{visit.number}"
        self.seed = seed
        self.prefix = f"nl{seed}-"
        self.events: list[Timed] = []

    def add(self, kind: str, **fields: Json) -> None:
        voice = Voice(self.prefix, self.visit.buyer, self.visit.device, self.known, self.session)
        self.events.append(voice.says(len(self.events), self.at, kind, **fields))

    def wait(self, low: float, high: float) -> int:
        seconds = int(between(self.luck, low, high))
        self.at += seconds * SECOND_MS
        return seconds

    def topic(self) -> str:
        rising = max(0.0, (self.elapsed - RISE_BEGINS) / (1 - RISE_BEGINS))
        if self.luck.random() < 0.01 + 0.25 * rising:
            return RISING_TOPIC
        own = self.luck.random() < 0.7
        return pick(self.luck, self.visit.buyer.interests if own else TOPICS)


def browse(seed: int, visit: Visit, elapsed: float) -> Session:
    """Draw one visit; `elapsed` is the share of the world's time that has passed."""
    recorder = _Recorder(seed, visit, elapsed)
    if visit.buyer.consent == "none":
        recorder.add("track", event=_PREFERENCE, context=consent_context(visit.buyer))
        return Session(tuple(recorder.events), 0)
    if visit.leaves:
        withdrawn = consent_context(visit.buyer, withdrawn=True)
        recorder.add("track", event=_PREFERENCE, context=withdrawn)
        return Session(tuple(recorder.events), 0)
    if visit.kind == "app":
        return _use_app(recorder)
    return _see_site(recorder)


_PREFERENCE = "Segment Consent Preference Updated"


def _see_site(recorder: _Recorder) -> Session:
    visit, luck = recorder.visit, recorder.luck
    asks = luck.random() < ASKS
    _land(recorder)
    if visit.step != "none":
        _step(recorder)
    asks_at = recorder.at if asks and visit.known else 0
    for _ in range(count_from_one(luck, _GOES_ON, _MOST_VIEWS)):
        recorder.wait(2, 6)
        _look(recorder, pick_weighted(luck, LOOKS[visit.stage]))
    trusted: tuple[Timed, ...] = ()
    if visit.step == "sign_up":
        recorder.wait(30, 90)
        trusted = _confirmed(recorder)
    if visit.step == "download":
        trusted = guide_opened(recorder.seed, visit, recorder.at)
    return Session(tuple(recorder.events), asks_at, trusted)


def _land(recorder: _Recorder) -> None:
    referrer, name, source, medium = arrival(recorder.luck, ARRIVALS)
    context: JsonObject = {}
    if recorder.visit.greets:
        context.update(consent_context(recorder.visit.buyer))
    if name:
        context["campaign"] = {"name": name, "source": source, "medium": medium}
    recorder.referrer = referrer
    if recorder.luck.random() < _HOME:
        page, topic = HOME, ""
    else:
        looks = LOOKS[recorder.visit.stage]
        page = pick(recorder.luck, PAGES[pick_weighted(recorder.luck, looks)])
        topic = recorder.topic()
    _view(recorder, page, topic, context)
    if medium == "social":
        recorder.add("track", event="Social Post Clicked", properties={"campaign": name})


def _view(recorder: _Recorder, page: Page, topic: str, context: JsonObject) -> None:
    view = f"{recorder.session}-p{len(recorder.events)}"
    properties = page_properties(page, topic, view, recorder.referrer)
    recorder.add("page", name=properties["title"], properties=properties, context=context)
    recorder.referrer = str(properties["url"])


def _look(recorder: _Recorder, page_class: PageClass) -> None:
    luck, topic = recorder.luck, recorder.topic()
    if luck.random() < _SEARCHES:
        query = pick(luck, SEARCHES.get(topic, ("overview",)))
        found: JsonObject = {"query": query, "results_count": int(luck.random() * 12)}
        recorder.add("track", event="Search Performed", properties={**found, "topic": topic})
        recorder.wait(3, 10)
    page = pick(luck, PAGES[page_class])
    _view(recorder, page, topic, {})
    seconds = recorder.wait(4, 90)
    if luck.random() < _ENGAGES:
        dwell: JsonObject = {
            "seconds": seconds,
            "total_seconds": seconds,
            "scroll_percent": int(between(luck, 20, 100)),
            "path": page.path.replace("{topic}", topic),
            "topic": page.topic or topic,
        }
        recorder.add("track", event="Engaged Time", properties=dwell)
    if page_class in DOWNLOADS and luck.random() < _DOWNLOADS:
        name = DOWNLOADS[page_class]
        url = f"{SITE}/files/{name}"
        file: JsonObject = {"url": url, "file_name": name, "file_type": "pdf", "topic": topic}
        recorder.add("track", event="File Downloaded", properties=file)


def _step(recorder: _Recorder) -> None:
    visit = recorder.visit
    recorder.wait(10, 40)
    if visit.step == "download":
        form: JsonObject = {"form_id": "guide", "form_name": "Buyer's guide"}
        recorder.add("track", event="Form Submitted", properties=form)
        recorder.add("identify", traits={"email": visit.buyer.mistypes or visit.buyer.email})
        return
    _view(recorder, SIGN_UP if visit.step == "sign_up" else LOG_IN, "", {})
    recorder.wait(10, 60)
    recorder.known = True
    recorder.add("identify", traits=person_traits(visit.buyer))
    if visit.step == "sign_up" and visit.buyer.account is not None:
        name: JsonObject = {"name": visit.buyer.account.name}
        recorder.add("group", groupId=visit.buyer.group_id, traits=name)
        recorder.add("track", event="Signed Up", properties={"form_id": "trial"})
    recorder.wait(1, 5)


def _confirmed(recorder: _Recorder) -> tuple[Timed, ...]:
    """The sign-up system repeats with its secret key what the browser only claimed."""
    buyer = recorder.visit.buyer
    person, account = introduced(f"{recorder.prefix}{recorder.session}-crm", recorder.at, buyer)
    agreed = {**person.element, "context": {"groupId": buyer.group_id, **consent_context(buyer)}}
    return (Timed(person.at, agreed), account)


def _use_app(recorder: _Recorder) -> Session:
    visit, luck = recorder.visit, recorder.luck
    device: JsonObject = {"type": "android" if visit.device.kind != "desktop" else "web"}
    context: JsonObject = {"app": {"name": "Nordlicht", "version": "5.1"}, "device": device}
    if visit.greets:
        context.update(consent_context(visit.buyer))
        recorder.known = False
        recorder.add("screen", name="Welcome", context=context)
        recorder.known = True
        previous = visit.device.anonymous_id
        recorder.add("alias", previousId=previous, userId=visit.buyer.user_id)
        recorder.add("identify", traits=person_traits(visit.buyer))
    recorder.add("screen", name="Home", context={"app": context["app"]})
    asks_at = recorder.at + SECOND_MS
    for _ in range(count_from_one(luck, _GOES_ON, _MOST_VIEWS)):
        recorder.wait(20, 200)
        topic = recorder.topic()
        feature = pick(luck, ("report", "dashboard", "export", "alert", "share"))
        used: JsonObject = {"feature": feature, "topic": topic}
        recorder.add("track", event="Feature Used", properties=used)
    return Session(tuple(recorder.events), asks_at)
