"""What may be wrong with documents that no decision needs: segments, scores, retention, plans."""

from collections.abc import Mapping

Words = Mapping[str, tuple[str, str]]

_SEGMENTS: Words = {
    "no_of": ("of is person or account", "of ist person oder account"),
    "no_rule": (
        "when is missing; write a rule such as 'person.engagement > 5'",
        "when fehlt; schreiben Sie eine Regel wie 'person.engagement > 5'",
    ),
    "not_text": ("{field} is a text", "{field} ist ein Text"),
    "neighbour": (
        "there is no segment {key} of {of}s; declare it first",
        "ein Segment {key} (of: {of}) gibt es nicht; legen Sie es zuerst an",
    ),
    "segment_unknown": (
        (
            "asks for segment {key}, and there is none of {of}s ({file}, line {line}): nobody is"
            " in it; declare it, or mend the key"
        ),
        (
            "fragt nach dem Segment {key}, das es (of: {of}) nicht gibt ({file}, Zeile {line}):"
            " darin ist niemand; legen Sie es an, oder berichtigen Sie den Schlüssel"
        ),
    ),
    "segment_of_others": (
        "asks for segment {key} ({file}, line {line}), which is one of {of}s: write {remedy}",
        (
            "fragt nach dem Segment {key} ({file}, Zeile {line}), einem mit of: {of}: schreiben"
            " Sie {remedy}"
        ),
    ),
    "circle": (
        "{keys} ask for each other in a circle.",
        "{keys} fragen im Kreis nacheinander.",
    ),
    "asked_for": (
        "{keys} ask whether somebody is in {key}; change them first.",
        "{keys} fragen, ob jemand in {key} ist; ändern Sie diese zuerst.",
    ),
    "many_segments": ("there are {most} segments", "es gibt schon {most} Segmente"),
}
_LEARNED: Words = {
    "no_event": (
        "event is missing; name the events to count, as people see them",
        "event fehlt; nennen Sie die Ereignisse, die zu zählen sind, wie Menschen sie sehen",
    ),
    "no_property": (
        "property is missing; {type} needs one, such as revenue",
        "property fehlt; {type} braucht eine, etwa revenue",
    ),
    "no_path": (
        "property {path} is no path such as product.name",
        "property {path} ist kein Pfad wie product.name",
    ),
    "window_days": (
        "window_days is from 1 to {most}; leave it out for all time",
        "window_days geht von 1 bis {most}; lassen Sie es für alle Zeit weg",
    ),
    "many_traits": (
        "there are {most} computed traits; switch one off: off: true",
        "es gibt {most} errechnete Merkmale; schalten Sie eines ab: off: true",
    ),
    "many_unique": (
        "at most {most} computed traits may be of type unique",
        "höchstens {most} errechnete Merkmale dürfen type unique haben",
    ),
    "no_terms": (
        "name pages, searches, events or traits that tell of it",
        "nennen Sie Seiten, Suchen, Ereignisse oder Merkmale, die davon zeugen",
    ),
    "many_terms": (
        "a signal holds at most {most} terms",
        "ein Signal hat höchstens {most} Begriffe",
    ),
    "no_term": (
        "{term}: write words in lower case, joined by hyphens",
        "{term}: schreiben Sie Wörter klein und mit Bindestrichen verbunden",
    ),
    "weight": (
        "weight is a number above 0, at most 100",
        "weight ist eine Zahl über 0 und höchstens 100",
    ),
    "many_signals": ("there are {most} intent signals", "es gibt schon {most} Signale"),
    "no_goal": (
        "goal {key} does not exist; there are {near}",
        "das Ziel {key} gibt es nicht; es gibt {near}",
    ),
    "no_goals": (
        "none; apply one of kind goal first",
        "noch keines; legen Sie zuerst eines mit kind: goal an",
    ),
    "no_days": (
        "days is missing; {predicts} needs a window, such as 30",
        "days fehlt; {predicts} braucht einen Zeitraum, etwa 30",
    ),
    "days": ("days is from 1 to {most}", "days geht von 1 bis {most}"),
    "fit_unit": (
        "fit is of accounts; write unit: account or leave it out",
        "fit gilt für Accounts; schreiben Sie unit: account oder lassen Sie es weg",
    ),
    "traits_unit": (
        "traits are read of accounts only; write unit: account",
        "Merkmale werden nur von Accounts gelesen; schreiben Sie unit: account",
    ),
    "many_scores": ("there are {most} scores already", "es gibt schon {most} Scores"),
}
_PRIVACY: Words = {
    "field_or_path": (
        "give either field, a name at any depth, or path, such as traits.age",
        "geben Sie entweder field, einen Namen in jeder Tiefe, oder path wie traits.age an",
    ),
    "unmaskable": (
        "{field} cannot be masked: events need it",
        "{field} lässt sich nicht verdecken: Ereignisse brauchen es",
    ),
    "quoted": (
        "a name must not hold quotation marks or backslashes",
        "ein Name darf keine Anführungszeichen und keinen Rückstrich enthalten",
    ),
    "no_events": (
        'events must name at least one event, or "*" for all',
        'events muss mindestens ein Ereignis nennen, oder "*" für alle',
    ),
    "no_purpose": (
        "purpose {purpose} is not one of {known}",
        "der Zweck {purpose} gehört nicht zu {known}",
    ),
    "no_topic_name": ("a topic must have a name", "ein Thema braucht einen Namen"),
    "bare_topic": (
        "topic {topic} needs paths, titles, categories or searches",
        "das Thema {topic} braucht paths, titles, categories oder searches",
    ),
    "many_patterns": (
        "a taxonomy holds at most {most} patterns",
        "eine Taxonomie hat höchstens {most} Muster",
    ),
    "no_keys": (
        "traits are the keys to protect, such as [budget, tier]",
        "traits sind die Schlüssel, die zu schützen sind, wie [budget, tier]",
    ),
    "many_keys": ("there may be {most} keys", "es darf {most} Schlüssel geben"),
    "months_or_days": (
        "give either months or days, above 0",
        "geben Sie entweder months oder days an, über 0",
    ),
    "named_events": (
        "only retention of events can name events",
        "nur die Aufbewahrung von Ereignissen kann Ereignisse nennen",
    ),
    "valid_days": (
        "valid_days is 0 (for ever) or more",
        "valid_days ist 0 (für immer) oder mehr",
    ),
    "alias_taken": (
        "{name} is a name of another purpose already",
        "{name} ist schon ein Name eines anderen Zwecks",
    ),
}
_ACCOUNTS: Words = {
    "no_roles": (
        "{kind} needs roles, such as buyer: {{min: 1, weight: 2}}",
        "{kind} braucht roles, wie buyer: {{min: 1, weight: 2}}",
    ),
    "no_need": (
        "{kind} role {role} needs min, a number from 1, and weight, above 0 to 1000",
        "{kind}: die Rolle {role} braucht min, eine Zahl ab 1, und weight, über 0 bis 1000",
    ),
    "no_domains": (
        "{kind} {field} is a list of domains, such as [mail.example]",
        "{kind}: {field} ist eine Liste von Domains, wie [mail.example]",
    ),
    "one_journey": (
        "journey: one journey counts, and that is {key}",
        "journey: eine Journey zählt, und das ist {key}",
    ),
    "one_draft": (
        "{kind}: there is one draft, and that is {key}",
        "{kind}: es gibt einen Entwurf, und das ist {key}",
    ),
}
SENTENCES: Words = {**_SEGMENTS, **_LEARNED, **_PRIVACY, **_ACCOUNTS}
