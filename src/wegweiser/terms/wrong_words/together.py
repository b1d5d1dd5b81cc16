"""What may be wrong between documents that decide, with endpoints, and what is worth a word."""

from collections.abc import Mapping

Words = Mapping[str, tuple[str, str]]

_TOGETHER: Words = {
    "missing_object": (
        "{kind} {key} does not exist; {hint}",
        "{kind} {key} gibt es nicht; {hint}",
    ),
    "none_of_kind": ("there are none yet", "es gibt noch nichts davon"),
    "no_variant": (
        "it has no variant; give at least one with a channel",
        "es fehlt eine Variante; geben Sie mindestens eine mit einem Kanal an",
    ),
    "fallback_channel": (
        "fallback {key} has no variant for channel {channel}",
        "der Ersatz {key} hat keine Variante für den Kanal {channel}",
    ),
    "fallback_kept_out": (
        (
            "rule {rule} keeps it out of placement {placement}, whose fallback it is;"
            " change the rule or name another fallback"
        ),
        (
            "die Regel {rule} hält sie von dem Platz {placement} fern, dessen Ersatz sie ist;"
            " ändern Sie die Regel oder nennen Sie einen anderen Ersatz"
        ),
    ),
    "fallback_never": (
        (
            "rule {rule} keeps it out of every placement where it could stand in for message"
            " {message}, whose fallback it is; change the rule or name another fallback"
        ),
        (
            "die Regel {rule} hält sie von jedem Platz fern, an dem sie für die Botschaft {message}"
            " einspringen könnte, deren Ersatz sie ist; ändern Sie die Regel oder nennen Sie einen"
            " anderen Ersatz"
        ),
    ),
    "withheld": (
        (
            "rule {rule} reads {field}, which must not be used for decisions; leave it out of the"
            " rule, or add decisions to the purposes of attribute {field}"
        ),
        (
            "die Regel {rule} liest {field}, was nicht entscheiden darf; lassen Sie es aus der"
            " Regel weg oder nehmen Sie decisions in die Zwecke von attribute {field} auf"
        ),
    ),
    "withheld_segment": (
        (
            "rule {rule} asks for segment {segment}, which reads {field}, and that must not be used"
            " for decisions; leave it out of the rule, or add decisions to the purposes of"
            " attribute {field}"
        ),
        (
            "die Regel {rule} fragt nach dem Segment {segment}, das {field} liest, und das darf"
            " nicht entscheiden; lassen Sie es aus der Regel weg oder nehmen Sie decisions in die"
            " Zwecke von attribute {field} auf"
        ),
    ),
    "many_variants": (
        "more than {most} variants; take old messages out",
        "mehr als {most} Varianten; nehmen Sie alte Botschaften heraus",
    ),
    "immutable": (
        (
            "{fields} of variant {variant} cannot change, it was published;"
            " give what is new a key of its own, such as {next}"
        ),
        (
            "{fields} der Variante {variant} kann sich nicht ändern, sie wurde veröffentlicht;"
            " geben Sie dem Neuen einen eigenen Schlüssel, etwa {next}"
        ),
    ),
    "no_reviewer": (
        (
            "Here a second person approves what decides: save it as a draft (wegweiser draft save),"
            " submit it, and let somebody approve it."
        ),
        (
            "Hier gibt eine zweite Person frei, was entscheidet: speichern Sie es als Entwurf"
            " (wegweiser draft save), reichen Sie ihn ein und lassen Sie ihn freigeben."
        ),
    ),
}
_ENDPOINTS: Words = {
    "secret_name": (
        (
            "secret_env must name a variable such as WEGWEISER_SECRET_CRM; others of the"
            " environment are nobody's business"
        ),
        (
            "secret_env muss eine Variable wie WEGWEISER_SECRET_CRM nennen; andere der Umgebung"
            " gehen niemanden etwas an"
        ),
    ),
    "no_pace": (
        "per_second and per_hour must be 0 (without limit) or more",
        "per_second und per_hour müssen 0 (ohne Grenze) oder mehr sein",
    ),
    "once_for_mail": (
        "at_least_once is for smtp; the others know what came twice",
        "at_least_once gilt für smtp; die anderen erkennen, was zweimal kam",
    ),
    "format_for_files": (
        "format is for messages in files: via: file, without events",
        "format gilt für Botschaften in Dateien: via: file, ohne events",
    ),
    "mail_channel": ("mails are of the channel email", "Mails gehören zum Kanal email"),
    "no_password": (
        "user needs secret_env, the variable that holds the password",
        "user braucht secret_env, die Variable mit dem Passwort",
    ),
    "mail_events": (
        "a mail server takes messages only; use a webhook for events",
        "ein Mailserver nimmt nur Botschaften; nehmen Sie für Ereignisse einen Webhook",
    ),
}
_WARNINGS: Words = {
    "unserved": (
        "placement {placement}: no message has a variant for {channel}",
        "Platz {placement}: keine Botschaft hat eine Variante für {channel}",
    ),
    "stopped_fallback": (
        "placement {placement}: its fallback {message} is stopped",
        "Platz {placement}: sein Ersatz {message} ist angehalten",
    ),
    "many_messages": (
        "{number} live messages of {advised} that are advised; take old ones out",
        "{number} aktive Botschaften bei {advised} empfohlenen; nehmen Sie alte heraus",
    ),
    "variants_advised": (
        "{number} variants of {advised} that are advised; take old ones out",
        "{number} Varianten bei {advised} empfohlenen; nehmen Sie alte heraus",
    ),
    "mostly_missing": (
        "rule {rule} reads {field}, which {share} of {count} profiles do not have",
        "die Regel {rule} liest {field}, was {share} von {count} Profilen nicht haben",
    ),
    "always_true": (
        (
            "rule {rule} is true for everybody seen in the last {days} days (asked of {count}"
            " profiles)"
        ),
        (
            "die Regel {rule} gilt für alle, die in den letzten {days} Tagen da waren (gefragt bei"
            " {count} Profilen)"
        ),
    ),
    "always_false": (
        (
            "rule {rule} is false for everybody seen in the last {days} days (asked of {count}"
            " profiles)"
        ),
        (
            "die Regel {rule} gilt für niemanden, der in den letzten {days} Tagen da war (gefragt"
            " bei {count} Profilen)"
        ),
    ),
    "always_unknown": (
        (
            "rule {rule} is unknown for everybody seen in the last {days} days (asked of {count}"
            " profiles)"
        ),
        (
            "die Regel {rule} ist für alle unbekannt, die in den letzten {days} Tagen da waren"
            " (gefragt bei {count} Profilen)"
        ),
    ),
}
SENTENCES: Words = {**_TOGETHER, **_ENDPOINTS, **_WARNINGS}
