"""A transport that writes the head and the body of an answer at once."""

import asyncio
from typing import Any

# More than this is not held back for what may still come.
MOST_HELD_BYTES = 64 * 1024


class CorkedTransport:
    """Holds what is written in one turn of the event loop and hands it on as one piece.

    The server below writes head and body apart; each write is a call of the system and a packet
    that wakes the client, which is a good part of what a short answer costs.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop):
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []
        self._held_bytes = 0
        # Asked several times for each request: found without a detour.
        self.is_closing = transport.is_closing

    def write(self, data: bytes) -> None:
        """Take bytes; they leave at the end of this turn."""
        if not self._held:
            self._loop.call_soon(self.flush)
        self._held.append(data)
        self._held_bytes += len(data)
        if self._held_bytes > MOST_HELD_BYTES:
            self.flush()

    def send(self, answer: bytes) -> None:
        """Hand on a whole answer, behind what is held: nothing more of it comes."""
        self.flush()
        self._transport.write(answer)

    def flush(self) -> None:
        """Hand on what is held."""
        if self._held:
            held, self._held, self._held_bytes = self._held, [], 0
            # Nobody is there any more to hear an answer on a connection that was cut.
            if not self.is_closing():
                self._transport.write(b"".join(held))

    def close(self) -> None:
        """Hand on what is held, then close."""
        self.flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:  # everything else is the transport's own
        return getattr(self._transport, name)
