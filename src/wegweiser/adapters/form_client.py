"""Asks other systems for JSON, through a client that calls only where it was allowed to."""

import asyncio
import ssl
from collections.abc import Mapping

import httpx
import msgspec

from wegweiser.adapters.webhook import CONNECT_S, READ_BYTES, TOTAL_S, Guard, Resolve, pinned_url
from wegweiser.adapters.webhook import resolve_by_system as by_system
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import JsonObject


class FormClient:
    """Gets JSON objects, and posts forms that are answered by one.

    Every call checks its URL anew, connects to the address that was checked, follows no redirect,
    and reads at most 64 kB within 15 seconds.
    """

    def __init__(
        self, guard: Guard, resolve: Resolve = by_system, tls: ssl.SSLContext | None = None
    ):
        self._guard = guard
        self._resolve = resolve
        self._tls = tls

    async def get(self, url: str) -> JsonObject:
        """Read a document; raises InputRefused, code `unreachable`, where there is none."""
        return await self._asked("GET", url, {}, None)

    async def post(
        self, url: str, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> JsonObject:
        """Send a form; raises InputRefused, code `unreachable`, unless 200 and JSON come back."""
        return await self._asked("POST", url, headers, form)

    async def _asked(
        self, method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None
    ) -> JsonObject:
        try:
            async with asyncio.timeout(TOTAL_S):
                body = await self._body(method, url, headers, form)
            return msgspec.json.decode(body, type=JsonObject)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise _unreachable(url, str(error) or type(error).__name__) from error
        except msgspec.DecodeError as error:
            raise _unreachable(url, "it did not answer with a JSON object") from error

    async def _body(
        self, method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None
    ) -> bytes:
        pinned, name = await pinned_url(url, self._guard, self._resolve)
        own = {
            "host": name.netloc,
            "accept": "application/json",
            "accept-encoding": "identity",
            "user-agent": "Wegweiser",
        }
        self._tls = self._tls or httpx.create_ssl_context(trust_env=False)
        async with (
            httpx.AsyncClient(
                verify=self._tls,
                trust_env=False,
                follow_redirects=False,
                timeout=httpx.Timeout(TOTAL_S, connect=CONNECT_S),
            ) as client,
            client.stream(
                method,
                pinned,
                data=form,
                headers={**headers, **own},
                extensions={"sni_hostname": name.hostname or ""},
            ) as response,
        ):
            return await _read(url, response)


async def _read(url: str, response: httpx.Response) -> bytes:
    if response.status_code != 200:
        raise _unreachable(url, f"it answered {response.status_code}")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise _unreachable(url, "its answer is compressed")
    read = bytearray()
    async for chunk in response.aiter_raw():
        read += chunk
        if len(read) > READ_BYTES:
            raise _unreachable(url, f"its answer is longer than {READ_BYTES:,} bytes")
    return bytes(read)


def _unreachable(url: str, why: str) -> InputRefused:
    host = url.partition("://")[2].partition("/")[0][:100]
    return InputRefused("unreachable", f"{host} cannot be used: {why[:200]}.", 502)
