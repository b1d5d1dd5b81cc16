"""Which settings document a key gets: the address to send to, and options of its source."""

from wegweiser.collect.key import public_key_in_path, refuse_secret_in_browser, written_keys
from wegweiser.collect.settings_document import rudderstack_settings, segment_settings
from wegweiser.flow.callers import Callers
from wegweiser.terms.errors import KeyRefused, NotFound
from wegweiser.terms.json import JsonObject
from wegweiser.terms.source import Caller
from wegweiser.terms.wire import WireRequest


class SdkSettings:
    """Writes the documents of wire, section 3."""

    def __init__(self, callers: Callers):
        self._callers = callers

    def require_known(self, key: str) -> Caller:
        """Tell whose key stands in a path; raises NotFound for one that is not known."""
        write_key = public_key_in_path(key)
        try:
            return self._callers.of_key(write_key)
        except KeyRefused:
            raise NotFound("There is no source with this write key.") from None

    def for_segment(self, key: str, public_url: str) -> JsonObject:
        """Write the document for SDKs of Segment; raises NotFound for a key that is not known.

        Without a document the SDK does not start, so that nothing is sent anywhere.
        """
        options = self.require_known(key).options
        return segment_settings(key.strip(), public_url, options.browser_batching)

    def for_rudderstack(self, request: WireRequest) -> JsonObject:
        """Write the document for RudderStack's SDK for browsers; raises KeyRefused."""
        write_key = written_keys(request, {})
        caller = self._callers.of_key(write_key)
        refuse_secret_in_browser(request, caller)
        source = self._callers.source(caller.source_id)
        if source is None:
            raise NotFound("There is no source with this write key.")
        return rudderstack_settings(write_key, source)
