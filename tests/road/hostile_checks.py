"""The column `check` of the hostile events as assertions, by name of the line or its beginning."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import cast

from tests.road.aftermath import Aftermath, Line, Row, list_of, object_of
from tests.road.server import answer

Check = Callable[[Aftermath, Line], None]
LOST = "\ufffd"
MOST_BYTES_OF_A_ROW = 64 * 1024
BLOCKED = "FEA9FEA9"  # 169.254.169.254 as /proc/net/tcp writes it


def properties_are(expected: object, *codes: str) -> Check:
    """Check the stored properties, and that the answer told of these repairs."""

    def check(after: Aftermath, line: Line) -> None:
        assert after.stored(line)["properties"] == expected
        assert set(codes) <= after.codes(str(line["name"]))

    return check


def as_sent(after: Aftermath, line: Line) -> None:
    """Properties and traits come out of the export as they went in."""
    body, row = object_of(line["body"]), after.stored(line)
    for part in ("properties", "traits"):
        assert row.get(part, {}) == body.get(part, {})


def little_growth(after: Aftermath, line: Line) -> None:
    assert after.told[str(line["name"])].growth_mb < 16


def small_row(after: Aftermath, line: Line) -> None:
    row = after.stored(line)
    assert set(list_of(object_of(row["properties"])["x"])) == {None}
    assert len(json.dumps(row, allow_nan=False)) < MOST_BYTES_OF_A_ROW


def finite(after: Aftermath, line: Line) -> None:
    as_sent(after, line)
    for person in after.rows["persons"]:
        json.dumps(person, allow_nan=False)


def readable(after: Aftermath, line: Line) -> None:
    as_sent(after, line)
    (person,) = after.persons_with("user_id", "h-user-1")
    assert cast(dict[str, int], person["counters"])["Hostile Test"] > 1


def nested(after: Aftermath, line: Line) -> None:
    assert not [row for row in after.rows["events"] if row["messageId"] == "hostile-0094"]
    assert after.told["batch_nested"].body["quarantined"] != []


def poisoned(after: Aftermath, line: Line) -> None:
    told = [object_of(one) for one in list_of(after.told["batch_one_poison"].body["quarantined"])]
    assert [one["index"] for one in told] == [1, 2]
    for number in range(96, 100):
        ids = [
            row["messageId"] for row in after.rows["quarantine" if 96 < number < 99 else "events"]
        ]
        assert ids.count(f"hostile-{number:04d}") == 1
    assert all(row["code"] for row in after.rows["quarantine"])


def poisoned_strings(after: Aftermath, line: Line) -> None:
    assert [after.event(f"hostile-{number:04d}") for number in range(100, 105)]
    repaired = list_of(after.told["batch_poison_string"].body["repaired"])
    assert len(repaired) == 3


def no_call_out(after: Aftermath, line: Line) -> None:
    """A SYN to an address that nobody has would still be in the table of the kernel."""
    assert after.kept(str(object_of(line["body"])["messageId"])) == 1
    assert BLOCKED not in after.connections()


def last_of_two_keys(after: Aftermath, line: Line) -> None:
    assert after.event("dup-b")
    assert after.kept("dup-a") == 0


def last_of_two_ids(after: Aftermath, line: Line) -> None:
    assert after.stored(line)["userId"] == "attacker"
    assert after.persons_with("user_id", "victim") == []


def only_anonymous(after: Aftermath, line: Line) -> None:
    row = after.stored(line)
    assert (row.get("userId"), row["anonymousId"]) == (None, "anon-1")
    (person,) = after.persons_with("anonymous_id", "anon-1")
    assert len(list_of(person["identifiers"])) == 1


def two_events(after: Aftermath, line: Line) -> None:
    sent = "hostile-", "setup-", "dup-", "clash-", "%", "raw-"
    ours = [row for row in after.rows["events"] if not str(row["messageId"]).startswith(sent)]
    alike = [row for row in ours if row.get("properties") == {"k": "v"}]
    assert len(alike) == 2
    assert len({row["messageId"] for row in alike}) == 2


def first_content(after: Aftermath, line: Line) -> None:
    assert after.event("clash-1")["event"] == "A"
    assert after.told["same_id_other_content"].body["duplicates"] == 1


def no_address_stored(after: Aftermath, line: Line) -> None:
    written = json.dumps(after.stored(line))
    assert "203.0.113.7" not in written
    assert "10.0.0.1" not in written


def no_command(after: Aftermath, line: Line) -> None:
    as_sent(after, line)
    (person,) = after.persons_with("user_id", "h-user-1")
    assert object_of(person["traits"])["email"] == "max@example.org"


def links_nobody(after: Aftermath, line: Line) -> None:
    body = object_of(line["body"])
    assert after.kept(str(body["messageId"])) == 1
    assert after.persons_with("user_id", str(body["userId"])) == []


def apart(*others: str) -> Check:
    """Check that the person of a line holds none of these ids of other persons."""

    def check(after: Aftermath, line: Line) -> None:
        (person,) = after.persons_with("user_id", str(object_of(line["body"])["userId"]))
        values = {object_of(one)["value"] for one in list_of(person["identifiers"])}
        assert values.isdisjoint(others)
        assert after.stored(line)["personId"] == person["personId"]

    return check


def one_spelling(after: Aftermath, line: Line) -> None:
    rows = [after.event(f"hostile-{number:04d}") for number in (169, 170)]
    assert rows[0]["personId"] == rows[1]["personId"]


def itself(after: Aftermath, line: Line) -> None:
    assert len(after.persons_with("user_id", "h-user-1")) == 1


def one_person_each(after: Aftermath, line: Line) -> None:
    for value in ("cyc-a", "cyc-b"):
        assert len(after.persons_with("user_id", value)) == 1
    folder = str(after.server.folder)
    before = answer("hash", "--data", folder)
    assert answer("rebuild", "--data", folder) == before


def not_merged(after: Aftermath, line: Line) -> None:
    assert after.stored(line)["type"] == "alias"
    (known,) = after.persons_with("user_id", "h-user-1")
    assert known not in after.persons_with("user_id", "attacker")


def address_kept(after: Aftermath, line: Line) -> None:
    (person,) = after.persons_with("user_id", "h-user-1")
    assert after.persons_with("email", "attacker@example.org") == []
    assert object_of(person["traits"])["email"] == "max@example.org"


def account_kept(after: Aftermath, line: Line) -> None:
    account = next(
        one
        for one in after.rows["accounts"]
        if object_of(list_of(one["identifiers"])[0])["value"] == "acme-gmbh"
    )
    traits = object_of(account["traits"])
    assert (traits["plan"], traits["seats"]) == ("team", 5)
    # The server had said so of the same person before, so the claim adds nothing.
    assert [object_of(one)["status"] for one in list_of(account["members"])] == ["confirmed"]


def found_exactly(after: Aftermath, line: Line) -> None:
    as_sent(after, line)
    user_id = str(object_of(line["body"])["userId"])
    assert len(after.persons_with("user_id", user_id)) == 1
    found = answer("profile", f"user_id:{user_id}", "--data", str(after.server.folder))
    assert {"type": "user_id", "value": user_id, "status": "member"} in list_of(
        found["identifiers"]
    )


def one_log_line(after: Aftermath, line: Line) -> None:
    as_sent(after, line)
    log = after.errors.read_bytes()
    assert b"\n2026-11-22 00:00:00 ERROR admin login" not in log
    assert b"\x1b" not in log


def below_the_folder(after: Aftermath, line: Line) -> None:
    assert after.stored(line)["event"] == object_of(line["body"])["event"]
    assert not [path for path in after.server.folder.rglob("*") if "passwd" in path.name]


def page_cut(after: Aftermath, line: Line) -> None:
    page = object_of(object_of(after.stored(line)["context"])["page"])
    assert page["url"] == "https://shop.example/"


def received_at(after: Aftermath, line: Line) -> None:
    row = after.stored(line)
    assert row["timestamp"] == row["receivedAt"]
    assert row["originalTimestamp"]


def clamped(after: Aftermath, line: Line) -> None:
    row = after.stored(line)
    at, received = (datetime.fromisoformat(str(row[one])) for one in ("timestamp", "receivedAt"))
    assert at - received == timedelta(minutes=5)


def cut_fraction(after: Aftermath, line: Line) -> None:
    assert str(after.stored(line)["timestamp"]).startswith("2026-01-01T00:00:00.123")


def no_personal_query(after: Aftermath, line: Line) -> None:
    written = json.dumps(after.stored(line))
    assert not [one for one in ("SECRET123", "max@", "access_token", "krebs") if one in written]
    assert '"https://mail.example/"' in written


def health_word_masked(after: Aftermath, line: Line) -> None:
    assert "F32.1" not in json.dumps(after.rows)


def sharing_denied(after: Aftermath, line: Line) -> None:
    assert after.stored(line)
    (person,) = after.persons_with("user_id", "h-user-1")
    assert object_of(person["consent"])["sharing"] == "denied"


def dropped(after: Aftermath, line: Line) -> None:
    assert after.kept("hostile-0257") == 0
    counted = 'wegweiser_events_received_total{outcome="dropped"} '
    (number,) = (one for one in after.metrics.splitlines() if one.startswith(counted))
    assert float(number.removeprefix(counted)) >= 1


def no_mail_consent(after: Aftermath, line: Line) -> None:
    (person,) = after.persons_with("user_id", "h-user-1")
    assert object_of(person["consent"]).get("email") != "granted"


def no_fingerprint(after: Aftermath, line: Line) -> None:
    context: Row = object_of(after.stored(line).get("context", {}))
    assert not {"fonts", "screen", "canvas", "webgl"} & set(context)


CHECKS: dict[str, Check] = {
    "literal_": properties_are({"x": None}, "not_finite"),
    "utf8_bom": properties_are({"k": "v"}),
    "lone_low_surrogate": properties_are({"x": f"{LOST}x"}, "surrogate"),
    "reversed_surrogates": properties_are({"x": LOST * 2}, "surrogate"),
    "lone_surrogate_in_key": properties_are({f"a{LOST}": 1}, "surrogate"),
    "valid_emoji_pair": properties_are({"x": "\U0001f600"}),
    "nul_escape_value": properties_are({"x": f"a{LOST}b"}, "nul"),
    "nul_escape_key": properties_are({f"a{LOST}": 1}, "nul"),
    "noncharacters": properties_are({"x": "\uffff\ufffe\ufdd0"}),
    "gzip_bomb_64mb": little_growth,
    "float_overflow_1e400": properties_are({"x": None}, "not_finite"),
    "number_bomb_jsonb": small_row,
    "int64_max_plus_1": properties_are({"x": "9223372036854775808"}, "big_int"),
    "revenue_": finite,
    "type_flip_int_to_str": readable,
    "zalgo_text": as_sent,
    "batch_nested": nested,
    "batch_one_poison": poisoned,
    "batch_poison_string": poisoned_strings,
    "integrations_weird": no_call_out,
    "webhook_url_trait": no_call_out,
    "dup_key_messageid": last_of_two_keys,
    "dup_key_userid": last_of_two_ids,
    "case_variant_keys": only_anonymous,
    "messageid_missing": two_events,
    "messageid_sql_wildcards": as_sent,
    "same_id_other_content": first_content,
    "context_ip_spoof": no_address_stored,
    "context_ip_garbage": as_sent,
    "dollar_commands": no_command,
    "placeholder_": links_nobody,
    "email_case_and_plus": apart("h-user-1"),
    "email_homoglyph": apart("paypal@example.org", "p\u0430ypal@example.org", "h-user-1"),
    "email_zero_width": apart("max@example.org", "max\u200b@example.org", "h-user-1"),
    "nfc_nfd_pair": one_spelling,
    "alias_self": itself,
    "alias_cycle": one_person_each,
    "alias_takeover": not_merged,
    "identify_takeover_email": address_kept,
    "group_foreign_account": account_kept,
    "xss_": as_sent,
    "csv_": as_sent,
    "sql_": found_exactly,
    "template_": as_sent,
    "smtp_multi_recipient": apart("a@example.org", "b@example.org"),
    "smtp_local_part_quotes": as_sent,
    "log_forging": one_log_line,
    "path_traversal_event": below_the_folder,
    "keys_with_dots": as_sent,
    "redos_user_agent": as_sent,
    "url_huge_query": page_cut,
    "ts_2099": clamped,
    "ts_nanoseconds": cut_fraction,
    "ts_": received_at,
    "sentat_before_timestamp": received_at,
    "pii_in_url": no_personal_query,
    "special_category": health_word_masked,
    "gpc_signal": sharing_denied,
    "no_consent": dropped,
    "consent_forged": no_mail_consent,
    "tc_string_garbage": no_mail_consent,
    "fingerprint_fields": no_fingerprint,
}

# What of a check nothing can be asserted about here, and why.
LEFT_OPEN: dict[str, str] = {
    "revenue_negative_huge": "no page reports outliers",
    "zalgo_text": "how a page shows it is for tests/browser",
    "same_id_other_content": "clashes of ids are not counted: the window keeps ids, not contents",
    "context_ip_spoof": "the limits per address are tested where they are made",
    "email_case_and_plus": "there is no unsubscribing yet",
    "email_homoglyph": "no page marks mixed scripts",
    "nfc_nfd_pair": "erasing is tested where it is made",
    "xss_": "whether a page runs it is in tests/acceptance/test_21_hostile.py",
    "csv_": "there is no export as CSV or sheet",
    "template_": "what a message makes of it is in tests/deliver/test_render.py",
    "smtp_": "no mail is sent",
    "keys_with_dots": "rules about keys are in tests/query/cel",
    "special_category": "no rule blocks whole events; the field itself is masked",
    "consent_forged": "that consent is bound to the device is for the tests of consent",
}


def check_of(name: str) -> Check | None:
    """Find the check of a line: by its name, or by the longest beginning that is known."""
    return CHECKS.get(_entry(CHECKS, name))


def left_open(name: str) -> str:
    """Say what of a check is not asserted; "" where all of it is."""
    return LEFT_OPEN.get(_entry(LEFT_OPEN, name), "")


def _entry(table: Iterable[str], name: str) -> str:
    fitting = [one for one in table if name == one or (one.endswith("_") and name.startswith(one))]
    return max(fitting, key=len, default="")
