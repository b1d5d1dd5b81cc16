"""Order independence from outside: a shuffled day with repeats gives the same hash."""

import random
from pathlib import Path

from tests.road.server import Server, answer, new_source, serving

PEOPLE = 12
EVENTS = 240
DAY = "2026-11-01T"
CONSENT = {"categoryPreferences": {"measurement": True, "personalisation": True}}
Element = dict[str, object]


def day_of_events() -> list[Element]:
    """Invent one day: visits, sign-ins, memberships, traits that change, shared devices."""
    chance = random.Random(11)
    return [one_event(number, chance) for number in range(EVENTS)]


def one_event(number: int, chance: random.Random) -> Element:
    person, device = chance.randrange(PEOPLE), chance.randrange(2 * PEOPLE)
    second = 60 * number + chance.randrange(60)
    told: Element = {
        "messageId": f"m-{number}",
        "timestamp": f"{DAY}{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z",
        "anonymousId": f"a-{device}",
        "context": {"consent": CONSENT} if number % 5 == 0 else {},
    }
    match chance.randrange(6):
        case 0:
            traits = {"plan": chance.choice(["free", "team"]), "email": f"p{person}@acme.example"}
            return told | {"type": "identify", "userId": f"u-{person}", "traits": traits}
        case 1:
            traits = {"size": number}
            group = {"userId": f"u-{person}", "groupId": f"g-{person % 3}", "traits": traits}
            return told | {"type": "group", **group}
        case 2:
            return told | {"type": "alias", "userId": f"u-{person}", "previousId": f"a-{device}"}
        case 3:
            properties = {"topic": "sso", "revenue": person * 1.1, "currency": "EUR"}
            track = {"userId": f"u-{person}", "event": "Bought", "properties": properties}
            return told | {"type": "track", **track}
        case _:
            page = {"path": f"/{person}", "topic": chance.choice(["sso", "price"])}
            return told | {"type": "page", "properties": page}


def send(server: Server, keys: dict[str, str], seed: int) -> None:
    """Send the day in an order of its own, some events twice; odd events with the public key."""
    chance = random.Random(seed)
    elements = [(number, element) for number, element in enumerate(day_of_events())]
    if seed:
        elements += chance.sample(elements, EVENTS // 4)
        chance.shuffle(elements)
    public = [element for number, element in elements if number % 2]
    secret = [element for number, element in elements if not number % 2]
    size = chance.choice([7, 30]) if seed else 50
    with server.client(keys["write_key"]) as anyone, server.client(keys["secret_key"]) as trusted:
        for start in range(0, EVENTS, size):
            for client, half in ((anyone, public), (trusted, secret)):
                batch = half[start : start + size]
                assert client.post("/v1/batch", json={"batch": batch}).status_code == 200


def test_a_shuffled_day_with_repeats_gives_the_same_hash(tmp_path: Path) -> None:
    hashes = []
    for seed in (0, 1, 2):
        folder = tmp_path / str(seed)
        keys = new_source(folder)
        with serving(folder) as server:
            send(server, keys, seed)
            hashes.append(answer("hash", "--data", str(folder)))
            counts = answer("doctor", "--data", str(folder))
        assert (counts["stored"], counts["healthy"]) == (EVENTS, True)
    assert hashes[0] == hashes[1] == hashes[2]
    assert int(str(hashes[0]["persons"])) > PEOPLE / 2
    assert int(str(hashes[0]["accounts"])) == 3
