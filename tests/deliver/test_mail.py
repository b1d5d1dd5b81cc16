"""A mail is one clean mail to one plain address, whatever stands in traits and templates."""

from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.deliver.mail import Letterhead, clean_html, mail_of
from wegweiser.deliver.mail_address import named_address, plain_address
from wegweiser.deliver.mail_server import mail_server_of
from wegweiser.ports.channel import Parcel
from wegweiser.terms.errors import InputRefused

HEAD = Letterhead("Grüße & Söhne <news@example.com>", "help@example.com", "back@example.com")
WAY_OUT = "https://post.example.com/u/token"


def parcel(content, address="ada@people.example", **more):
    data = {"subject": {"email": address}, "content": content, **more}
    return Parcel("msg_dec_01_0", "message.send", 0, data)


def read(mail):
    return message_from_bytes(mail.content, policy=default)


def test_a_mail_has_both_forms_and_names_its_decision():
    content = {"subject": "Grüße", "text": "Hallo", "html": "<p>Hallo</p>"}
    mail = mail_of(parcel(content, unsubscribe=WAY_OUT, locale="de-AT"), HEAD, at=0)
    found = read(mail)
    assert (mail.sender, mail.recipient) == ("back+msg_dec_01_0@example.com", "ada@people.example")
    assert found["Message-ID"] == "<msg_dec_01_0@example.com>"
    assert found["From"].addresses[0].display_name == "Grüße & Söhne"
    assert (found["Subject"], found["Reply-To"]) == ("Grüße", "help@example.com")
    assert found["List-Unsubscribe"] == f"<{WAY_OUT}>"
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, marked = (part.get_content() for part in found.iter_parts())
    assert "Hallo" in text
    assert f"Keine weiteren Nachrichten dieser Art: {WAY_OUT}" in text
    assert f'<a href="{WAY_OUT}">' in marked
    assert 'lang="de"' in marked


def test_html_alone_gets_a_text_that_says_the_same():
    found = read(
        mail_of(parcel({"subject": "S", "html": "<h1>One &amp; two</h1><p>b</p>"}), HEAD, 0)
    )
    assert found.get_body(("plain",)).get_content().split() == ["One", "&", "two", "b"]


def test_one_click_is_for_https_alone():
    content = {"subject": "S", "text": "t"}
    found = read(mail_of(parcel(content, unsubscribe="http://a.example/u/t"), HEAD, 0))
    assert found["List-Unsubscribe"] is not None
    assert found["List-Unsubscribe-Post"] is None


@pytest.mark.parametrize(
    "marked",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        "<iframe src=https://a.example></iframe>",
        "<form action=https://a.example><input name=a></form>",
        '<div style="background:url(javascript:x);position:fixed">x</div>',
        "<svg onload=alert(1)>",
        '<meta http-equiv=refresh content="0;url=https://a.example">',
        "<base href=https://a.example>",
        "<style>@import url(https://a.example)</style>",
    ],
)
def test_nothing_runs_in_a_mail(marked):
    left = clean_html(marked).lower()
    for sign in ("script", "onerror", "onload", "iframe", "form", "position", "meta", "base", "@"):
        assert sign not in left


def test_layout_is_left_as_it_is():
    marked = '<table><tbody><tr><td align="left" style="color:red">x</td></tr></tbody></table>'
    assert clean_html(marked) == marked


@pytest.mark.parametrize(
    "content", [{"text": "t"}, {"subject": " \n ", "text": "t"}, {"subject": "S"}]
)
def test_half_a_mail_is_none(content):
    with pytest.raises(InputRefused, match="A mail needs"):
        mail_of(parcel(content), HEAD, 0)


@given(st.text(max_size=80))
def test_a_subject_stays_on_its_line(subject):
    try:
        mail = mail_of(parcel({"subject": f"a{subject}", "text": "t"}), HEAD, 0)
    except (InputRefused, UnicodeEncodeError):
        return
    head = mail.content.split(b"\r\n\r\n")[0]
    names = [line.split(b":")[0] for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")]
    assert names == [
        *(b"From", b"To", b"Reply-To", b"Subject", b"Date", b"Message-ID"),
        *(b"MIME-Version", b"Content-Type", b"Content-Transfer-Encoding"),
    ] or sorted(names) == sorted(set(names))
    assert b"Bcc" not in names


@pytest.mark.parametrize(
    "address",
    [
        *("", "ada", "ada@", "@a.example", "ada@localhost", "ada@a.example\r\nBcc: x@a.example"),
        *("ada@a.example,x@a.example", '"a b"@a.example', "ada@a.example ", "ada\0@a.example"),
        *("ada@a..example", "ada\u200b@a.example", "<ada@a.example>", "a" * 65 + "@a.example"),
        *("ada@" + "a" * 250 + ".example", "ada;x@a.example", ".ada@a.example", "ada@-a.example"),
    ],
)
def test_only_one_plain_address_is_written_to(address):
    with pytest.raises(InputRefused, match="one plain mail address"):
        plain_address(address)
    with pytest.raises(InputRefused):
        mail_of(parcel({"subject": "S", "text": "t"}, address), HEAD, 0)


def test_addresses_of_senders():
    assert named_address("news@a.example") == ("", "news@a.example")
    assert named_address('"Post, GmbH" <news@a.example>') == ("Post, GmbH", "news@a.example")
    with pytest.raises(InputRefused):
        named_address("Post <news@a.example>, Other <x@a.example>")


def test_addresses_of_servers():
    assert mail_server_of("smtps://m.example.com").port == 465
    assert mail_server_of("smtp+plain://relay.internal:2525").security == "none"
    for target in ("http://m.example.com", "smtp://", "smtp://a b", "smtp://u:p@m.example.com"):
        with pytest.raises(InputRefused, match="no mail server"):
            mail_server_of(target)
