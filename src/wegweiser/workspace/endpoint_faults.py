"""What is wrong with an endpoint's description, as far as it shows before anything is sent."""

from collections.abc import Callable, Iterator

from wegweiser.decide.document_shape import Fault
from wegweiser.deliver.address import AddressRules
from wegweiser.deliver.mail_address import named_address, plain_address
from wegweiser.deliver.mail_server import mail_server_of
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.policy import Endpoint
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.endpoint_secrets import NAME

SIGNED = ("webhook", "crm_task")


def endpoint_faults(endpoint: Endpoint, rules: AddressRules) -> Iterator[Fault]:
    """Yield faults by field; where a name leads is seen at every delivery only."""
    if endpoint.secret_env and not NAME.fullmatch(endpoint.secret_env):
        yield ".secret_env", wrong("secret_name")
    if endpoint.per_second < 0 or endpoint.per_hour < 0:
        yield ".per_second", wrong("no_pace")
    if endpoint.at_least_once and endpoint.via != "smtp":
        yield ".at_least_once", wrong("once_for_mail")
    if endpoint.format and (endpoint.via != "file" or endpoint.events):
        yield ".format", wrong("format_for_files")
    if endpoint.via == "smtp":
        yield from _mail_faults(endpoint, rules)
    elif endpoint.via != "file":
        yield from _fault_of(".target", lambda: rules.check_url(endpoint.target))


def _mail_faults(endpoint: Endpoint, rules: AddressRules) -> Iterator[Fault]:
    if endpoint.channel != "email":
        yield ".channel", wrong("mail_channel")
    if endpoint.events:
        yield ".events", wrong("mail_events")
    yield from _fault_of(".target", lambda: _check_server(endpoint.target, rules))
    yield from _fault_of(".sender", lambda: named_address(endpoint.sender))
    if endpoint.reply_to:
        yield from _fault_of(".reply_to", lambda: named_address(endpoint.reply_to))
    if endpoint.bounces_to:
        yield from _fault_of(".bounces_to", lambda: plain_address(endpoint.bounces_to))
    if endpoint.user and not (endpoint.secret_env or endpoint.secret):
        yield ".secret_env", wrong("no_password")


def _check_server(target: str, rules: AddressRules) -> None:
    server = mail_server_of(target)
    rules.check_mail_server(server.host, server.port, server.security != "none")


def _fault_of(path: str, check: Callable[[], object]) -> Iterator[Fault]:
    try:
        check()
    except InputRefused as refused:
        yield path, refused
