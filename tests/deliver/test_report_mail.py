"""The mail of a report: whoever gets it reads who sends it, in text and in HTML."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from wegweiser.deliver.mail import Letterhead
from wegweiser.deliver.report_mail import report_mail
from wegweiser.deliver.report_part import Composed, Part
from wegweiser.ports.channel import Parcel

REPORT = Composed(
    title="Week",
    subtitle="1 to 7 March",
    foot="As of 8 March.",
    language="en",
    parts=(Part("Visits", ("8 people visited.",)),),
)
FOOTER = "Example <Company> Ltd\nExample Street 1, 12345 Example"


def bodies(footer: str) -> tuple[str, str]:
    parcel = Parcel("par_1", "report", 0, {"to": "ada@example.com"})
    head = Letterhead("Example <news@example.com>", footer=footer)
    read = message_from_bytes(report_mail(parcel, REPORT, head, 0).content, policy=default)
    assert isinstance(read, EmailMessage)
    found = [read.get_body((kind,)) for kind in ("plain", "html")]
    plain, html = (one.get_content().replace("\r\n", "\n") for one in found if one is not None)
    return plain, html


def test_the_legal_footer_stands_below_everything_and_is_text() -> None:
    plain, html = bodies(FOOTER)
    assert plain.rstrip().endswith(FOOTER)
    assert "Example &lt;Company&gt; Ltd<br>Example Street 1, 12345 Example</p></body>" in html


def test_without_a_footer_a_report_ends_with_how_fresh_it_is() -> None:
    plain, html = bodies("")
    assert plain.rstrip().endswith("As of 8 March.")
    assert "As of 8 March.</p></body>" in html
