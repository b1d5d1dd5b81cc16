"""What may be wrong with the options of a measure."""

from collections.abc import Mapping

Words = Mapping[str, tuple[str, str]]

_OF_ALL: Words = {
    "option_number": (
        "--{option} must be a number, not {given}",
        "--{option} muss eine Zahl sein, nicht {given}",
    ),
    "option_whole": (
        "--{option} must be a whole number, not {given}",
        "--{option} muss eine ganze Zahl sein, nicht {given}",
    ),
    "option_choice": (
        "--{option} must be one of {known}, not {given}",
        "--{option} muss eines von {known} sein, nicht {given}",
    ),
    "no_option": (
        "--{option} is no option of {measure}.{hint}",
        "--{option} ist keine Option von {measure}.{hint}",
    ),
    "option_meant": (" Did you mean --{name}?", " Meinten Sie --{name}?"),
    "options_are": (" It has {names}.", " Es gibt {names}."),
    "no_options": (" It has no options.", " Optionen gibt es nicht."),
    "no_measure": (
        "There is no measure {name}. {hint}",
        "Eine Auswertung {name} gibt es nicht. {hint}",
    ),
    "measure_meant": ("Did you mean {name}?", "Meinten Sie {name}?"),
    "measures_are": ("There are {names}.", "Es gibt {names}."),
    "not_narrowed": ("{measure} cannot be narrowed", "{measure} lässt sich nicht eingrenzen"),
    "narrowed_by": (
        "{measure} can be narrowed by {known}, not by {given}",
        "{measure} lässt sich nach {known} eingrenzen, nicht nach {given}",
    ),
    "only_once": (
        "--only names {dimension} once, with its values: {dimension}:A,B",
        "--only nennt {dimension} einmal, mit seinen Werten: {dimension}:A,B",
    ),
    "compare_with": (
        "--compare must be previous, year or none, not {given}",
        "--compare muss previous, year oder none sein, nicht {given}",
    ),
    "compare_begins": (
        "A comparison needs a beginning: add --from, for example --from 2026-11-01.",
        "Ein Vergleich braucht einen Anfang: Geben Sie --from an, etwa --from 2026-11-01.",
    ),
    "titles_unread": (
        "--goal-titles cannot be read: {why}",
        "--goal-titles ist nicht zu lesen: {why}",
    ),
}
_MONEY: Words = {
    "mix_by_channel": (
        "--model mix goes with --by channel.",
        "--model mix geht nur mit --by channel.",
    ),
    "mix_margin": (
        "--model mix needs --sales-margin, such as 0.3 for 30 cents of each unit of sales.",
        "--model mix braucht --sales-margin, etwa 0,3 für 30 Cent je Einheit Umsatz.",
    ),
    "plan_unread": ("--planned cannot be read: {why}", "--planned ist nicht zu lesen: {why}"),
    "floor_share": (
        "--floor must be from 0 to 0.5",
        "--floor muss von 0 bis 0,5 gehen",
    ),
    "written_like": (
        "--{option}: {part} should be like {example}",
        "--{option}: {part} muss aussehen wie {example}",
    ),
    "shares_like": (
        "--shares: {part} should be like main=0.97",
        "--shares: {part} muss aussehen wie main=0.97",
    ),
    "costs_like": (
        "--costs: {part} should be like 0.5 or news=0.01",
        "--costs: {part} muss aussehen wie 0.5 oder news=0.01",
    ),
    "group_by_trait": (
        "Rules know no groups by {group}; ask for --group trait:NAME or segment:KEY.",
        "Regeln kennen keine Gruppen nach {group}; fragen Sie --group trait:NAME oder segment:KEY.",
    ),
    "group_of_people": (
        "{key} is a segment of persons; arms are drawn for accounts: name a segment of accounts.",
        (
            "{key} ist ein Segment von Personen; Arme werden für Konten gelost: nennen Sie ein"
            " Segment von Konten."
        ),
    ),
    "low_below_high": (
        "--{name}-low must be below --{name}-high, not {low} and {high}",
        "--{name}-low muss unter --{name}-high liegen, nicht {low} und {high}",
    ),
    "discount_above": (
        "--discount is above -1.",
        "--discount liegt über -1.",
    ),
    "horizon_ahead": (
        "--horizon-weeks looks ahead: 1 or more.",
        "--horizon-weeks blickt voraus: 1 oder mehr.",
    ),
    "needs_pymc": (
        "--engine pymc needs the extra: pip install 'wegweiser[mix]'.",
        "--engine pymc braucht die Erweiterung: pip install 'wegweiser[mix]'.",
    ),
    "lines_only": (
        "--engine regression has lines and no curves; use core or pymc.",
        "--engine regression hat Geraden und keine Kurven; nehmen Sie core oder pymc.",
    ),
    "channels_known": (
        "--channels names {missing}; known are {known}.",
        "--channels nennt {missing}; bekannt sind {known}.",
    ),
    "tests_like": (
        (
            "--tests takes 'channel spend more lift error' per week, with semicolons between"
            " tests, not {part}"
        ),
        (
            "--tests nimmt je Woche 'channel spend more lift error', zwischen Tests ein"
            " Strichpunkt, nicht {part}"
        ),
    ),
    "test_error": (
        "the error of a test is above 0: {part}",
        "der Fehler eines Tests liegt über 0: {part}",
    ),
    "test_channel": (
        "--tests names {name}; the channels are {known}",
        "--tests nennt {name}; die Kanäle sind {known}",
    ),
    "decay_between": (
        "--decay is between 0 and 1.",
        "--decay liegt zwischen 0 und 1.",
    ),
    "above_0": ("--{name} is above 0.", "--{name} liegt über 0."),
}
_TESTS: Words = {
    "cluster_power": (
        "--per-cluster is from 1, --icc from 0 and --power from 0.5 to 1",
        "--per-cluster geht ab 1, --icc ab 0 und --power von 0,5 bis 1",
    ),
    "plan_numbers": (
        "--base, --lift, --share: {why}.",
        "--base, --lift und --share: {why}.",
    ),
    "windows_from": (
        "--window-days is from 1, and --half-life-days above 0.",
        "--window-days geht ab 1, und --half-life-days liegt über 0.",
    ),
    "must_name": (
        "--{group} must name a {what} where --group is {of}",
        "--{group} muss etwas nennen ({what}), wo --group {of} ist",
    ),
    "regions_of_break": (
        "--region names one region, --controls others ({why}); known: {known}",
        "--region nennt eine Region, --controls andere ({why}); bekannt: {known}",
    ),
    "unknown_or_twice": ("{name} is not known or twice", "{name} ist nicht bekannt oder doppelt"),
    "break_from": (
        "--break-from is the first day after the break; write it like 2026-11-22.",
        ("--break-from ist der erste Tag nach dem Einschnitt; schreiben Sie ihn wie 2026-11-22."),
    ),
    "test_from": (
        "--test-from is the first day of the test; write it like 2026-11-22.",
        "--test-from ist der erste Tag des Tests; schreiben Sie ihn wie 2026-11-22.",
    ),
    "treated_regions": (
        "--treated names the regions of the test ({why}); known are {known}.",
        "--treated nennt die Regionen des Tests ({why}); bekannt sind {known}.",
    ),
    "regions_of_others": (
        "--other-tests names regions in which another test ran ({why}); known are {known}.",
        "--other-tests nennt Regionen eines anderen Tests ({why}); bekannt sind {known}.",
    ),
    "region_treated": ("{names} is treated here", "{names} gehört zu diesem Test"),
    "region_unknown": ("{names} is not known", "{names} ist nicht bekannt"),
    "region_none": ("none was named", "genannt ist keine"),
    "days_from_1": ("--days is from 1.", "--days geht ab 1."),
    "named_on": ("--named-on is no day: {given}", "--named-on ist kein Tag: {given}"),
    "cut_by": (
        "--by must be one of {known}, trait:NAME or segment:KEY,KEY, not {given}",
        "--by muss eines von {known}, trait:NAME oder segment:KEY,KEY sein, nicht {given}",
    ),
    "one_series": (
        "--series: one at a time, such as visits",
        "--series: eine auf einmal, etwa visits",
    ),
    "alarm_budget": (
        "--budget must be above 0 and at most 50",
        "--budget muss über 0 und höchstens bei 50 liegen",
    ),
    "holiday_option": (
        "--holidays: {day} is no day; write it like 2026-12-25",
        "--holidays: {day} ist kein Tag; schreiben Sie ihn wie 2026-12-25",
    ),
    "pause_between": (
        "--pause-minutes must be 1 to {most}, not {given}.",
        "--pause-minutes muss von 1 bis {most} sein, nicht {given}.",
    ),
    "depth_between": (
        "--depth must be 1 to {most}, not {given}.",
        "--depth muss 1 bis {most} sein, nicht {given}.",
    ),
    "steps_between": (
        "--{option} takes {least} to {most} steps with > between them.",
        "--{option} nimmt {least} bis {most} Schritte mit > dazwischen.",
    ),
    "nameless_step": (
        "--{option} has a step without a name: {text}.",
        "--{option} hat einen Schritt ohne Namen: {text}.",
    ),
    "path_step": (
        "--{option} names a path like path:/prices.",
        "--{option} nennt einen Pfad wie path:/prices.",
    ),
}
SENTENCES: Words = {**_OF_ALL, **_MONEY, **_TESTS}
