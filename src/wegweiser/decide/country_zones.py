"""The main time zones of a country: one for each clock that many of its people live by."""

from functools import lru_cache

from babel.core import get_global

# Countries of more than one clock. The smaller zones of a clock are left out; a country that has
# territories with codes of their own is meant without them.
MANY: dict[str, tuple[str, ...]] = {
    "AQ": (
        *("Antarctica/Casey", "Antarctica/Davis", "Antarctica/McMurdo"),
        *("Antarctica/Palmer", "Antarctica/Syowa", "Antarctica/Vostok"),
    ),
    "AR": ("America/Argentina/Buenos_Aires",),
    "AU": (
        *("Australia/Perth", "Australia/Darwin", "Australia/Adelaide"),
        *("Australia/Brisbane", "Australia/Sydney", "Australia/Lord_Howe"),
    ),
    "BR": ("America/Rio_Branco", "America/Manaus", "America/Sao_Paulo", "America/Noronha"),
    "CA": (
        *("America/Vancouver", "America/Edmonton", "America/Regina", "America/Winnipeg"),
        *("America/Toronto", "America/Halifax", "America/St_Johns"),
    ),
    "CD": ("Africa/Kinshasa", "Africa/Lubumbashi"),
    "CL": ("America/Santiago", "America/Punta_Arenas", "Pacific/Easter"),
    "CN": ("Asia/Shanghai",),
    "CY": ("Asia/Nicosia",),
    "DE": ("Europe/Berlin",),
    "EC": ("America/Guayaquil", "Pacific/Galapagos"),
    "ES": ("Europe/Madrid", "Atlantic/Canary"),
    "FM": ("Pacific/Chuuk", "Pacific/Pohnpei"),
    "GL": ("America/Nuuk", "America/Scoresbysund", "America/Thule", "America/Danmarkshavn"),
    "ID": ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"),
    "KI": ("Pacific/Tarawa", "Pacific/Kanton", "Pacific/Kiritimati"),
    "KZ": ("Asia/Almaty",),
    "MN": ("Asia/Ulaanbaatar", "Asia/Hovd"),
    "MX": (
        *("America/Mexico_City", "America/Cancun", "America/Hermosillo"),
        *("America/Mazatlan", "America/Tijuana"),
    ),
    "MY": ("Asia/Kuala_Lumpur",),
    "NZ": ("Pacific/Auckland", "Pacific/Chatham"),
    "PF": ("Pacific/Tahiti", "Pacific/Marquesas", "Pacific/Gambier"),
    "PG": ("Pacific/Port_Moresby", "Pacific/Bougainville"),
    "PS": ("Asia/Gaza",),
    "PT": ("Europe/Lisbon", "Atlantic/Azores"),
    "RU": (
        *("Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg"),
        *("Asia/Omsk", "Asia/Krasnoyarsk", "Asia/Irkutsk", "Asia/Yakutsk"),
        *("Asia/Vladivostok", "Asia/Magadan", "Asia/Kamchatka"),
    ),
    "UA": ("Europe/Kyiv",),
    "US": (
        *("America/New_York", "America/Chicago", "America/Denver", "America/Phoenix"),
        *("America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu"),
    ),
    "UZ": ("Asia/Tashkent",),
}


@lru_cache(maxsize=512)
def zones_of(country: str) -> tuple[str, ...]:
    """Give the main zones of a country (ISO 3166-1, two letters); empty where none is known.

    >>> zones_of("AT"), zones_of("PT"), zones_of("??")
    (('Europe/Vienna',), ('Europe/Lisbon', 'Atlantic/Azores'), ())
    """
    if country in MANY:
        return MANY[country]
    found = get_global("zone_territories")
    return tuple(sorted(zone for zone, territory in found.items() if territory == country))
