"""Reports of other mail servers are read as the standards write them, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.deliver.bounce import Bounce, read_bounce

PARCEL = "msg_dec_01M7Q5CQG03732JDXZWF5FAZZV_0"
DSN = """From: MAILER-DAEMON@mx.example
To: back+{parcel}@example.com
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

This is the mail system.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Sun, 22 Nov 2026 09:00:00 +0000

Final-Recipient: rfc822; ada@people.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b
Content-Type: {sent}

From: news@example.com
To: ada@people.example
Message-ID: <{inner}@example.com>
Subject: Hello

--b--
"""
ARF = """From: abuse@isp.example
To: back@example.com
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

A complaint.

--b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Loop/1.0
Version: 1
Original-Rcpt-To: ada@people.example

--b
Content-Type: message/rfc822

From: news@example.com
To: ada@people.example
Message-ID: <{parcel}@example.com>
Subject: Hello

Hello
--b--
"""


def report(
    action="failed", status="5.1.1", sent="text/rfc822-headers", parcel=PARCEL, inner=PARCEL
):
    text = DSN.format(action=action, status=status, sent=sent, parcel=parcel, inner=inner)
    return text.replace("\n", "\r\n").encode()


@pytest.mark.parametrize("sent", ["text/rfc822-headers", "message/rfc822"])
@pytest.mark.parametrize(("parcel", "inner"), [(PARCEL, "other"), ("other", PARCEL)])
def test_a_report_is_attributed_by_its_address_or_by_the_mail_in_it(sent, parcel, inner):
    found = read_bounce(report(sent=sent, parcel=parcel, inner=inner))
    assert found == Bounce("hard", PARCEL, "ada@people.example", "5.1.1")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *(("5.1.1", "hard"), ("5.1.10", "hard"), ("5.2.1", "hard"), ("5.0.0", "hard")),
        *(("5.2.2", "soft"), ("5.7.1", "soft"), ("4.4.7", "soft"), ("5.3.0", "soft")),
    ],
)
def test_hard_is_what_the_address_is_to_blame_for(status, kind):
    assert read_bounce(report(status=status)).kind == kind


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_what_has_not_failed_is_no_bounce(action):
    assert read_bounce(report(action=action)) is None


def test_a_complaint_is_read():
    raw = ARF.format(kind="abuse", parcel=PARCEL).replace("\n", "\r\n").encode()
    assert read_bounce(raw) == Bounce("complaint", PARCEL, "ada@people.example")
    raw = ARF.format(kind="not-spam", parcel=PARCEL).encode()
    assert read_bounce(raw) is None


def test_other_mail_is_none():
    assert read_bounce(b"Subject: out of office\r\n\r\n" + PARCEL.encode()) is None
    assert read_bounce(report(parcel="x", inner="y")) is None
    assert read_bounce(b"a" * (1 << 21)) is None


@given(st.binary(max_size=300), st.integers(0, 1500))
def test_damaged_reports_never_throw(noise, place):
    raw = report()
    read_bounce(raw[:place] + noise + raw[place:])
    read_bounce(noise)


@pytest.mark.parametrize(
    "raw",
    [
        b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (one, one)
            for one in range(15_000)
        ),
        b"Content-Type: message/rfc822\r\n\r\n" * 30_000,
        b"Content-Type: multipart/mixed; boundary=B\r\n\r\n" + b"--B\r\n\r\n" * 100_000,
        b"Content-Type: multipart/mixed" + b";a*0*=x" * 140_000 + b"\r\n\r\n",
        b"To: " + b"(" * 20_000 + b"\r\n\r\n",
        report().replace(b"To: ", b"To: a:;,<", 1),
        report().replace(b"Message-ID: ", b"Message-ID: []<", 1),
    ],
)
def test_no_mail_is_too_hard_to_be_read(raw):
    found = read_bounce(raw[: 1 << 20])
    assert found is None or found.parcel_id == PARCEL
