"""What may be wrong with the text of a message, and with the address that something goes to."""

from collections.abc import Mapping

Words = Mapping[str, tuple[str, str]]

_TEMPLATES: Words = {
    "template": (
        (
            "{text} {why}. Write places as {{{{ person.traits.firstName }}}}, conditions as"
            " {{% if ... %}}; filters are {filters}."
        ),
        (
            "{text} {why}. Schreiben Sie Platzhalter als {{{{ person.traits.firstName }}}},"
            " Bedingungen als {{% if ... %}}; Filter sind {filters}."
        ),
    ),
    "not_worked_out": ("cannot be worked out: {kind}", "lässt sich nicht auswerten: {kind}"),
    "grows_beyond": ("grows beyond {most} characters", "wächst über {most} Zeichen hinaus"),
    "template_unreadable": ("cannot be read ({why})", "ist nicht zu lesen ({why})"),
    "more_characters": ("has more than {most} characters", "hat mehr als {most} Zeichen"),
    "nested_deeply": (
        "is too long or nested too deeply",
        "ist zu lang oder zu tief verschachtelt",
    ),
    "not_in_texts": (
        "uses {part}, which texts may not",
        "verwendet {part}, was in Texten nicht geht",
    ),
    "foreign_root": (
        "reads {name}; places begin with {roots}",
        "liest {name}; Platzhalter beginnen mit {roots}",
    ),
    "unknown_filter": (
        "uses the unknown filter {name}",
        "verwendet den unbekannten Filter {name}",
    ),
    "unknown_test": ("uses the unknown test {name}", "verwendet die unbekannte Probe {name}"),
    "out_of_bounds": (
        "holds a number or a text that is out of bounds",
        "enthält eine Zahl oder einen Text außerhalb der Grenzen",
    ),
    "filter_takes": (
        "gives the filter {name} something it does not take",
        "gibt dem Filter {name} etwas, was er nicht annimmt",
    ),
    "never_began": (
        "ends a place that never began",
        "beendet einen Platzhalter, der nie begann",
    ),
}
_ADDRESSES: Words = {
    "blocked": (
        "{target} may not be called: {why}. An operator can open inner targets in the settings.",
        (
            "{target} darf nicht aufgerufen werden: {why}. Wer den Server betreibt, kann innere"
            " Ziele in den Einstellungen freigeben."
        ),
    ),
    "own_address": (
        "it is this product's own address",
        "es ist die eigene Adresse dieses Servers",
    ),
    "only_https": ("only https is allowed", "erlaubt ist nur https"),
    "port_closed": ("port {port} is not allowed", "Port {port} ist nicht erlaubt"),
    "only_tls": ("mail leaves by TLS only", "Mails gehen nur mit TLS hinaus"),
    "not_public": (
        "it leads to an address that is not public",
        "es führt zu einer Adresse, die nicht öffentlich ist",
    ),
    "plain_address": (
        (
            "write it as https://name/path in plain ASCII (names in punycode), without user,"
            " fragment, white space or backslash"
        ),
        (
            "schreiben Sie es als https://name/pfad in reinem ASCII (Namen in Punycode), ohne"
            " Benutzer, Fragment, Leerraum oder Rückstrich"
        ),
    ),
    "no_port": ("there is no port {port}", "einen Port {port} gibt es nicht"),
    "host_number": (
        "the host must be a name, not a number",
        "der Rechner muss einen Namen haben, keine Nummer",
    ),
    "host_whole": (
        "the host must be a full name such as hooks.example.org",
        "der Rechner braucht einen ganzen Namen wie hooks.example.org",
    ),
    "host_inner": ("the host is an inner name", "der Rechner hat einen inneren Namen"),
    "no_mail_server": (
        (
            "{target} is no mail server; write smtp://mail.example.com:587 (STARTTLS) or"
            " smtps://mail.example.com (TLS from the start)."
        ),
        (
            "{target} ist kein Mailserver; schreiben Sie smtp://mail.example.com:587 (STARTTLS)"
            " oder smtps://mail.example.com (von Anfang an TLS)."
        ),
    ),
}
_PARCELS: Words = {
    "mail_content": ("A mail needs `text` or `html`.", "Eine Mail braucht `text` oder `html`."),
    "mail_part": ("A mail needs a {field}.", "Eine Mail braucht {field}."),
    "slack_content": ("Slack needs `text` or `blocks`.", "Slack braucht `text` oder `blocks`."),
    "large_parcel": (
        (
            "Message {message} fills {size} bytes; a hand-over must stay below {most}. Shorten its"
            " content or send a link."
        ),
        (
            "Die Botschaft {message} füllt {size} Bytes; eine Übergabe bleibt unter {most}. Kürzen"
            " Sie den Inhalt oder senden Sie einen Link."
        ),
    ),
}
SENTENCES: Words = {**_TEMPLATES, **_ADDRESSES, **_PARCELS}
