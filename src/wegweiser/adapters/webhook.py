"""Hands parcels over by HTTP, through a client that calls only where it was allowed to."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from email.utils import parsedate_to_datetime
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

import httpx

from wegweiser.ports.channel import Parcel, Receipt
from wegweiser.ports.clock import Clock
from wegweiser.terms.errors import InputRefused

CONNECT_S = 5.0
TOTAL_S = 15.0
READ_BYTES = 64 << 10
SHOWN_CHARACTERS = 1000

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
Pack = Callable[[Parcel, int], tuple[dict[str, str], bytes]]


class Guard(Protocol):
    """The rules on addresses; both raise InputRefused with code `blocked_address`."""

    def check_url(self, url: str) -> None:
        """Judge a URL before anything is resolved."""

    def check_address(self, host: str, address: str) -> None:
        """Judge one of the addresses that the host's name leads to."""


async def resolve_by_system(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver for all addresses of a name."""
    loop = asyncio.get_running_loop()
    answers = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(answer[4][0]) for answer in answers]


async def pinned_url(url: str, guard: Guard, resolve: Resolve) -> tuple[httpx.URL, SplitResult]:
    """Give a URL with the checked address in place of its host's name, and its parts by name.

    Raises InputRefused, code `blocked_address`, where it may not be called, OSError where the
    name leads nowhere.
    """
    guard.check_url(url)
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    addresses = await resolve(host, port)
    if not addresses:
        raise OSError(f"the name {host} leads nowhere")
    for address in addresses:
        guard.check_address(host, address)
    return httpx.URL(url).copy_with(host=addresses[0]), parts


class WebhookChannel:
    """A channel whose own system takes signed POSTs at one URL.

    `pack` gives headers and body of one try at a moment (ms). Every try checks the URL anew,
    resolves once, and connects to the address it checked, with the host's name in TLS.
    """

    def __init__(
        self,
        url: str,
        guard: Guard,
        pack: Pack,
        clock: Clock,
        resolve: Resolve = resolve_by_system,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._url = url
        self._guard = guard
        self._pack = pack
        self._clock = clock
        self._resolve = resolve
        self._tls = tls or httpx.create_ssl_context(trust_env=False)

    async def hand_over(self, parcel: Parcel) -> Receipt:
        """Try once, within 15 seconds; any complete status of 200 to 299 is a delivery."""
        try:
            async with asyncio.timeout(TOTAL_S):
                pinned, name = await pinned_url(self._url, self._guard, self._resolve)
                return await self._post(parcel, pinned, name)
        except InputRefused as refused:
            return Receipt(parcel.parcel_id, "blocked", 0, f"{refused.code}: {refused.message}")
        except TimeoutError:
            told = f"no answer within {TOTAL_S:.0f} s"
            return Receipt(parcel.parcel_id, "failed", 0, told, perhaps=True)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            return Receipt(parcel.parcel_id, "failed", 0, _shown(f"unreachable: {error}"))
        except (httpx.InvalidURL, OSError) as error:
            return Receipt(parcel.parcel_id, "failed", 0, _shown(f"unreachable: {error}"))
        except httpx.HTTPError as error:
            told = _shown(f"cut off: {error}")
            return Receipt(parcel.parcel_id, "failed", 0, told, perhaps=True)

    async def _post(self, parcel: Parcel, pinned: httpx.URL, name: SplitResult) -> Receipt:
        headers, body = self._pack(parcel, self._clock.now_ms())
        own = {"host": name.netloc, "accept-encoding": "identity", "user-agent": "Wegweiser"}
        async with (
            httpx.AsyncClient(
                verify=self._tls,
                trust_env=False,
                follow_redirects=False,
                timeout=httpx.Timeout(TOTAL_S, connect=CONNECT_S),
            ) as client,
            client.stream(
                "POST",
                pinned,
                content=body,
                headers={**headers, **own},
                extensions={"sni_hostname": name.hostname or ""},
            ) as response,
        ):
            return await self._receipt(parcel.parcel_id, response)

    async def _receipt(self, parcel_id: str, response: httpx.Response) -> Receipt:
        status = response.status_code
        detail = _shown(await _read_some(response))
        if 200 <= status < 300:
            return Receipt(parcel_id, "delivered", status, detail)
        if status == 410:
            return Receipt(parcel_id, "disabled", status, detail)
        wait_s = _retry_after(response.headers.get("retry-after", ""), self._clock.now_ms())
        return Receipt(parcel_id, "failed", status, detail, wait_s)


async def _read_some(response: httpx.Response) -> str:
    """Read at most 64 kB; the status counts already, so a body that fails is only cut short."""
    read = bytearray()
    try:
        async with asyncio.timeout(CONNECT_S):
            async for chunk in response.aiter_raw():
                read += chunk
                if len(read) >= READ_BYTES:
                    break
    except (httpx.HTTPError, TimeoutError):
        read += b" (cut short)"
    if response.headers.get("content-encoding", "identity") != "identity":
        return "(compressed, not read)"
    return bytes(read[:READ_BYTES]).decode(errors="replace")


def _retry_after(text: str, now_ms: int) -> int | None:
    if text.isascii() and text.strip().isdigit():
        return int(text.strip()[:9])
    try:
        then_s = parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return max(0, round(then_s - now_ms / 1000))


def _shown(text: str) -> str:
    kept = (character if character.isprintable() else " " for character in text[:SHOWN_CHARACTERS])
    return "".join(kept)
