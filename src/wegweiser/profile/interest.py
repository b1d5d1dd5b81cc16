"""Interests: the topics that an event says it is about."""

from wegweiser.terms.json import Json, JsonObject

LONGEST_TOPIC = 100
MOST_TOPICS = 20


def topics_of(properties: JsonObject) -> tuple[str, ...]:
    """Give the topics named by `topic`, `topics` and `interest`, each once.

    What somebody searched for is no topic.

    >>> topics_of({"topic": "security", "topics": ["sso", "security"], "query": "price"})
    ('security', 'sso')
    """
    only = properties.get("topic")
    if isinstance(only, str) and "topics" not in properties and "interest" not in properties:
        text = only.strip()[:LONGEST_TOPIC]
        return (text,) if text else ()
    named: list[Json] = [only, properties.get("interest")]
    many = properties.get("topics")
    if isinstance(many, list):
        named += many
    texts = (topic.strip()[:LONGEST_TOPIC] for topic in named if isinstance(topic, str))
    return tuple(dict.fromkeys(text for text in texts if text))[:MOST_TOPICS]


def read_topics(enriched: JsonObject, stated: tuple[str, ...]) -> tuple[str, ...]:
    """Give the topics that the taxonomy found and the event did not already state itself.

    >>> read_topics({"topics": ["security", "prices"]}, ("prices",))
    ('security',)
    """
    found = enriched.get("topics")
    named = (topic for topic in found if isinstance(topic, str)) if isinstance(found, list) else ()
    return tuple(topic for topic in dict.fromkeys(named) if topic not in stated)[:MOST_TOPICS]
