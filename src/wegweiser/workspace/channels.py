"""The channels' own systems that a bundle names, opened as adapters."""

from pathlib import Path

from wegweiser.adapters.files import FileChannel
from wegweiser.adapters.memory import MemoryChannel
from wegweiser.adapters.webhook import WebhookChannel
from wegweiser.deliver.address import AddressRules
from wegweiser.deliver.signature import signed_request
from wegweiser.ports.channel import Channel, Parcel
from wegweiser.settings import Settings
from wegweiser.terms.policy import Endpoint
from wegweiser.workspace.engines import Engines


def open_channel(endpoint: Endpoint, engines: Engines, settings: Settings) -> Channel:
    """Open the adapter of an endpoint; in memory everything is only kept."""
    if engines.folder is None:
        return MemoryChannel()
    if endpoint.via == "file":
        # Files stay inside the data folder whatever the target says.
        return FileChannel(engines.folder.outbox / Path(endpoint.target).name)

    def pack(parcel: Parcel, at_ms: int) -> tuple[dict[str, str], bytes]:
        return signed_request(parcel, at_ms, (endpoint.secret,))

    guard = AddressRules(allow_private=frozenset(settings.allowed_targets))
    return WebhookChannel(endpoint.target, guard, pack, engines.clock)
