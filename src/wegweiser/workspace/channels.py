"""The channels' own systems that a bundle names, opened as adapters."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from wegweiser.adapters.files import FileChannel
from wegweiser.adapters.memory import MemoryChannel
from wegweiser.adapters.smtp import Server, SmtpChannel
from wegweiser.adapters.webhook import WebhookChannel
from wegweiser.decide.document import Judge
from wegweiser.decide.document_shape import Fault
from wegweiser.decide.kind import Object
from wegweiser.deliver.address import AddressRules
from wegweiser.deliver.envelope import packed
from wegweiser.deliver.mail import Letterhead, Mail, mail_of
from wegweiser.deliver.mail_server import mail_server_of
from wegweiser.deliver.report_mail import report_mail
from wegweiser.deliver.report_part import Composed
from wegweiser.flow.receipt_keys import ReceiptKeys
from wegweiser.ports.channel import Channel, Parcel, Receipt
from wegweiser.settings import Settings
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.policy import Endpoint
from wegweiser.workspace.endpoint_faults import endpoint_faults
from wegweiser.workspace.endpoint_secrets import secrets_of
from wegweiser.workspace.engines import Engines


def open_channel(endpoint: Endpoint, engines: Engines, settings: Settings) -> Channel:
    """Open the adapter of an endpoint; in memory everything is only kept."""
    if engines.folder is None:
        return MemoryChannel()
    if endpoint.via == "file":
        return _folder_channel(engines.folder.outbox, endpoint.target)
    if endpoint.via == "smtp":
        return _mail_channel(endpoint, engines, settings)

    def pack(parcel: Parcel, at_ms: int) -> tuple[dict[str, str], bytes]:
        return packed(endpoint, parcel, at_ms, secrets_of(endpoint))

    return WebhookChannel(endpoint.target, _address_rules(settings), pack, engines.clock)


def _mail_channel(endpoint: Endpoint, engines: Engines, settings: Settings) -> Channel:
    """Open a mail server; the password is read when it is opened, and kept nowhere else."""
    where = mail_server_of(endpoint.target)
    head = Letterhead(
        endpoint.sender, endpoint.reply_to, endpoint.bounces_to, settings.legal_footer
    )
    password = "".join(secrets_of(endpoint)[:1])
    server = Server(where.host, where.port, where.security, endpoint.user, password)

    def write(parcel: Parcel, at_ms: int) -> Mail:
        return mail_of(parcel, head, at_ms)

    return SmtpChannel(server, _address_rules(settings), write, engines.clock)


def open_report_channel(
    endpoint: Endpoint, engines: Engines, settings: Settings, report: Composed
) -> Channel:
    """Open the mail server of an endpoint for one report; in memory mails are only kept."""
    if engines.folder is None:
        return MemoryChannel()
    where = mail_server_of(endpoint.target)
    head = Letterhead(endpoint.sender, endpoint.reply_to, footer=settings.legal_footer)
    password = "".join(secrets_of(endpoint)[:1])
    server = Server(where.host, where.port, where.security, endpoint.user, password)

    def write(parcel: Parcel, at_ms: int) -> Mail:
        return report_mail(parcel, report, head, at_ms)

    return SmtpChannel(server, _address_rules(settings), write, engines.clock)


def open_callback(
    url: str, engines: Engines, settings: Settings, keys: ReceiptKeys, domain: str
) -> Channel:
    """Open the address of a callback, whose body is signed with the workspace's key."""
    if engines.folder is None:
        return MemoryChannel()

    def pack(parcel: Parcel, at_ms: int) -> tuple[dict[str, str], bytes]:
        body = msgspec.json.encode(parcel.data)
        signed = {"x-opendsr-processor-domain": domain, "x-opendsr-signature": keys.sign(body)}
        return {"content-type": "application/json", **signed}, body

    return WebhookChannel(url, _address_rules(settings), pack, engines.clock)


def judge_of_callbacks(settings: Settings) -> Callable[[str], None]:
    """Give what refuses the addresses that no callback may go to, as far as they show it."""
    rules = _address_rules(settings)

    def judge(url: str) -> None:
        try:
            rules.check_url(url)
        except InputRefused as refused:
            told = f"This address cannot be called back: {refused.message}"
            raise InputRefused("bad_request", told, 400, "status_callback_urls") from refused

    return judge


def judge_of_targets(settings: Settings) -> Judge:
    """Give what finds the webhook addresses that may not be called, as far as they show it.

    Where a name leads is seen at every delivery only, when it is looked up.
    """
    rules = _address_rules(settings)

    def judge(value: Object) -> Iterator[Fault]:
        if isinstance(value, Endpoint):
            yield from endpoint_faults(value, rules)

    return judge


def _address_rules(settings: Settings) -> AddressRules:
    return AddressRules(
        allow_private=frozenset(settings.allowed_targets), own_names=_own_names(settings)
    )


class NoFolder:
    """A channel whose target cannot be a folder: it refuses its own parcels and holds up no other.

    Bundles are checked when they are applied; this is for one that was not.
    """

    async def hand_over(self, parcel: Parcel) -> Receipt:
        """Refuse."""
        return Receipt(parcel.parcel_id, "failed", 0, "file: the target is no folder name")


def _folder_channel(outbox: Path, target: str) -> Channel:
    """Open the folder of a target; it lies inside the outbox whatever the target says."""
    name = Path(target).name
    if name in ("", "..") or "\\" in name or "\0" in name:
        return NoFolder()
    return FileChannel(outbox / name)


def _own_names(settings: Settings) -> frozenset[str]:
    """Give the name under which this server is reached, so that no event goes in circles."""
    host = urlsplit(settings.public_url).hostname
    return frozenset({host}) if host else frozenset()
