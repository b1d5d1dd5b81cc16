"""Writes the mail of a report: text, HTML with its charts as pictures, attached tables."""

from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from wegweiser.deliver.mail import Letterhead, Mail
from wegweiser.deliver.mail_address import named_address, plain_address
from wegweiser.deliver.report_page import image_id, report_html, report_text
from wegweiser.deliver.report_part import Composed
from wegweiser.ports.channel import Parcel

_POLICY = SMTP.clone(max_line_length=998, cte_type="7bit", refold_source="none")


def report_mail(parcel: Parcel, report: Composed, head: Letterhead, at: int) -> Mail:
    """Write the mail to the one address `to` of a parcel at a moment (ms).

    It says of itself that a machine sent it, so that no machine answers. Raises InputRefused for
    an address that is not one plain address.
    """
    name, sender = named_address(head.sender)
    recipient = plain_address(str(parcel.data["to"]))
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(_line(name), addr_spec=sender)
    message["To"] = recipient
    if head.reply_to:
        message["Reply-To"] = plain_address(named_address(head.reply_to)[1])
    message["Subject"] = _line(f"{report.title}, {report.subtitle}")
    message["Date"] = format_datetime(datetime.fromtimestamp(at / 1000, UTC))
    message["Message-ID"] = f"<{parcel.parcel_id}@{sender.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    _fill(message, report, head.footer)
    return Mail(sender, recipient, message.as_bytes())


def _fill(message: EmailMessage, report: Composed, footer: str) -> None:
    message.set_content(report_text(report, footer), charset="utf-8", cte="quoted-printable")
    page = report_html(report, "attached", footer)
    message.add_alternative(page, subtype="html", charset="utf-8", cte="quoted-printable")
    shown = message.get_payload()
    assert isinstance(shown, list)
    marked = shown[-1]
    assert isinstance(marked, EmailMessage)
    for number, part in enumerate(report.parts):
        if part.png:
            marked.add_related(part.png, "image", "png", cid=f"<{image_id(number)}>")
    for part in report.parts:
        for file in part.files:
            kind, _, subtype = file.media_type.partition(";")[0].partition("/")
            message.add_attachment(file.content, maintype=kind, subtype=subtype, filename=file.name)


def _line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
