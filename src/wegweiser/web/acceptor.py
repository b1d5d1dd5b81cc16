"""Takes new connections many at a time, so that a busy server lets nobody wait at the door."""

import asyncio
import socket
from collections.abc import Callable

BACKLOG = 4096
# Event loops in C take one new connection per turn; a turn under load takes a tenth of a second.
AT_ONCE = 64
REST_S = 1.0


class Acceptor:
    """Gives every new connection of a listening socket a protocol of its own."""

    def __init__(self, listener: socket.socket, protocol: Callable[[], asyncio.Protocol]):
        self._listener = listener
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        self._joining: set[asyncio.Task[object]] = set()
        self._resting: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Listen, and take connections from now on."""
        self._listener.listen(BACKLOG)
        self._listener.setblocking(False)
        self._watch()

    def stop(self) -> None:
        """Take no more connections; those that wait are refused by the kernel."""
        if self._resting is not None:
            self._resting.cancel()
        self._loop.remove_reader(self._listener.fileno())
        self._listener.close()

    def _watch(self) -> None:
        self._loop.add_reader(self._listener.fileno(), self._accept)

    def _accept(self) -> None:
        for _ in range(AT_ONCE):
            try:
                accepted, _ = self._listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:
                self._rest()
                return
            accepted.setblocking(False)
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            joining = self._loop.create_task(
                self._loop.connect_accepted_socket(self._protocol, accepted)
            )
            self._joining.add(joining)
            joining.add_done_callback(self._joining.discard)

    def _rest(self) -> None:
        """Wait a second where the machine has no descriptor left, instead of asking for ever."""
        self._loop.remove_reader(self._listener.fileno())
        self._resting = self._loop.call_later(REST_S, self._watch)
