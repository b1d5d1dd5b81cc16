"""Invented names of organisations, people and places; domains are reserved for examples."""

from random import Random

from wegweiser.demo.chance import pick

_FIRST_HALVES = (
    ("Falkenhorst", "falkenhorst"),
    ("Silberbach", "silberbach"),
    ("Kestrel", "kestrel"),
    ("Moorland", "moorland"),
    ("Talwerk", "talwerk"),
    ("Windrose", "windrose"),
    ("Eichgrund", "eichgrund"),
    ("Harbourgate", "harbourgate"),
    ("Lindenau", "lindenau"),
    ("Brightwater", "brightwater"),
    ("Sternfeld", "sternfeld"),
    ("Oakmere", "oakmere"),
    ("Rotkehl", "rotkehl"),
    ("Quarzmann", "quarzmann"),
    ("Copperfen", "copperfen"),
    ("Zinnober", "zinnober"),
    ("Heidekrug", "heidekrug"),
    ("Larkspur", "larkspur"),
    ("Bergahorn", "bergahorn"),
    ("Tidewell", "tidewell"),
)
_SECOND_HALVES = (
    ("Logistik", "logistik", "logistics"),
    ("Maschinenbau", "maschinenbau", "manufacturing"),
    ("Insurance", "insurance", "insurance"),
    ("Medical", "medical", "healthcare"),
    ("Energie", "energie", "energy"),
    ("Retail", "retail", "retail"),
    ("Software", "software", "software"),
    ("Bau", "bau", "construction"),
    ("Foods", "foods", "food"),
    ("Chemie", "chemie", "chemicals"),
)
# fmt: off
_FIRST_NAMES = (
    "Anke", "Bela", "Carla", "Dario", "Edda", "Fenja", "Gerrit", "Hanka", "Ivo", "Jorid",
    "Kaspar", "Leonie", "Merle", "Nilo", "Oda", "Pelle", "Quirin", "Runa", "Silas", "Tessa",
    "Ulla", "Veit", "Wanda", "Xaver", "Yara", "Zeno", "Almut", "Bosse", "Clio", "Dörte",
)
# fmt: on
# fmt: off
_LAST_NAMES = (
    "Ackerlind", "Birkwald", "Cornfeld", "Dünenbek", "Eschholt", "Farnwick", "Grünspan",
    "Heckrose", "Immergut", "Jasmund", "Kornblum", "Laubfrosch", "Mohnkamp", "Nesselring",
    "Ostersee", "Pappelau", "Quendel", "Rainfarn", "Seerosen", "Thymian", "Ulmenhof",
    "Veilchen", "Wacholder", "Ysop", "Zittergras",
)
# fmt: on

PLACES = (
    ("DE", "Hamburg"),
    ("DE", "München"),
    ("DE", "Leipzig"),
    ("DE", "Köln"),
    ("AT", "Graz"),
    ("CH", "Basel"),
    ("NL", "Utrecht"),
    ("GB", "Leeds"),
    ("DK", "Aarhus"),
)
GERMAN_SPEAKING = frozenset({"DE", "AT", "CH"})
COMPETITORS = ("Altpfad", "Kompassio", "Trailbase")

USER_AGENTS = {
    "desktop": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "meeting room": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "phone": "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0",
    "tablet": "Mozilla/5.0 (Android 15; Tablet; rv:140.0) Gecko/140.0 Firefox/140.0",
}

_PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def organisation(number: int) -> tuple[str, str]:
    """Give name and slug of the organisation with this number; all differ.

    >>> organisation(0)
    ('Falkenhorst Logistik', 'falkenhorst-logistik')
    """
    first, first_slug = _FIRST_HALVES[number % len(_FIRST_HALVES)]
    turn = number // len(_FIRST_HALVES)
    second, second_slug, _ = _SECOND_HALVES[_place(number)]
    name, slug = f"{first} {second}", f"{first_slug}-{second_slug}"
    again = turn // len(_SECOND_HALVES)
    return (f"{name} {again + 1}", f"{slug}-{again + 1}") if again else (name, slug)


def industry(number: int) -> str:
    """Give the industry of the organisation with this number."""
    return _SECOND_HALVES[_place(number)][2]


def _place(number: int) -> int:
    return (number + number // len(_FIRST_HALVES)) % len(_SECOND_HALVES)


def person(luck: Random, number: int, place: int) -> tuple[str, str]:
    """Draw a first name; the last name is another for each buyer of one account."""
    return pick(luck, _FIRST_NAMES), _LAST_NAMES[(7 * number + place) % len(_LAST_NAMES)]


def ascii_lower(name: str) -> str:
    """Write a name as it stands in an e-mail address.

    >>> ascii_lower("Dörte")
    'doerte'
    """
    return name.lower().translate(_PLAIN)
