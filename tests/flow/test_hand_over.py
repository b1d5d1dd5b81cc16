"""Tasks for sales, messages for Slack, the pace of endpoints, and what a person may decide."""

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
from standardwebhooks.webhooks import Webhook

from tests.decisioning.mail_server import HOST, mail_server
from tests.decisioning.mail_world import decide, opened, person, states, until_over
from tests.decisioning.test_delivery import SECRET, receiving
from wegweiser.adapters.memory import MemoryClock
from wegweiser.flow.endpoint_states import FEW_AGAIN
from wegweiser.terms.errors import InputRefused
from wegweiser.workspace.operations import run as run_operation

HOOKED: dict[str, object] = {"sender": "", "secret_env": "WEGWEISER_SECRET_CRM"}


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the environment hold the secret, as it does where the server runs."""
    monkeypatch.setenv("WEGWEISER_SECRET_CRM", SECRET)


def test_a_task_says_why_and_has_one_key_however_often_it_is_told(tmp_path: Path) -> None:
    async def run(url: str) -> str:
        site = await opened(tmp_path, 9, 1, via="crm_task", target=url, **HOOKED)
        decision_id = await decide(site, 0)
        await until_over(site)
        assert states(site) == {"delivered": 1}
        await site.stop()
        return decision_id

    with receiving([500, 500, 200]) as (receiver, url):
        decision_id = asyncio.run(run(url))
    tasks = [json.loads(body) for _, body in receiver.got]
    assert len(tasks) == 3
    assert {task["data"]["key"] for task in tasks} == {f"{decision_id}/mail.push/0"}
    assert len({headers["idempotency-key"] for headers, _ in receiver.got}) == 1
    told = tasks[0]["data"]
    assert "welcome" in told["sentence"]["en"]
    assert told["expiresAt"] > tasks[0]["timestamp"]
    assert isinstance(told["evidence"], list)
    headers, body = receiver.got[0]
    digest = headers["webhook-signature"]
    signed = Webhook(SECRET).sign(headers["webhook-id"], moment(headers), body.decode())
    assert signed == digest


def moment(headers: dict[str, str]) -> datetime:
    return datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)


def test_a_name_calls_nobody_in_slack(tmp_path: Path) -> None:
    async def run(url: str) -> None:
        site = await opened(tmp_path, 9, 1, via="slack", target=url, sender="")
        renamed = person(0) | {"messageId": "renamed", "traits": {"firstName": "<!channel>"}}
        await site.loader.take("crm", [renamed], kind="live")
        await decide(site, 0)
        await until_over(site)
        assert states(site) == {"delivered": 1}
        await site.stop()

    with receiving([]) as (receiver, url):
        asyncio.run(run(url))
    [(_, body)] = receiver.got
    assert json.loads(body) == {"text": "Dear &lt;!channel&gt;, welcome."}


def test_mails_go_out_at_the_pace_of_their_endpoint(tmp_path: Path) -> None:
    async def run(port: int) -> None:
        site = await opened(tmp_path, port, 7, per_second=2, per_hour=5)
        clock = site.clock
        assert isinstance(clock, MemoryClock)
        for number in range(7):
            await decide(site, number)
        await site.intake.checkpoint()
        gone = []
        for _ in range(5):
            await site.deciding.sender.send_due()
            gone.append(len(server.mails))
            clock.advance(1000)
        assert gone == [2, 4, 5, 5, 5]
        clock.advance(3_600_000)
        await until_over(site)
        # Two had to wait for longer than their place among the contacts was held for them.
        assert states(site) == {"delivered": 7, "withdrawn": 2}
        await site.stop()

    with mail_server() as (server, port):
        asyncio.run(run(port))


def test_a_person_may_try_again_or_give_up(tmp_path: Path) -> None:
    async def run(url: str) -> None:
        site = await opened(tmp_path, 9, 2, via="webhook", target=url, **HOOKED)
        first, second = [f"msg_{await decide(site, number)}_0" for number in range(2)]
        await until_over(site)
        assert states(site) == {"dead": 2}
        listed = await run_operation(site, "delivery_list", {})
        assert isinstance(listed, list)
        assert {one["id"] for one in listed if isinstance(one, dict)} == {first, second}
        receiver.statuses.clear()
        await run_operation(site, "delivery_retry", {"id": first})
        over = {"id": second, "reason": "left the company"}
        await run_operation(site, "delivery_give_up", over)
        await until_over(site)
        assert states(site) == {"delivered": 1, "given_up": 1}
        shown = await run_operation(site, "delivery_show", {"id": second})
        assert isinstance(shown, dict)
        assert (shown["state"], shown["reason"]) == ("given_up", "left the company")
        for name in ("delivery_retry", "delivery_give_up"):
            with pytest.raises(InputRefused, match="nothing to do"):
                await run_operation(site, name, {"id": first, "reason": "x"})
        await site.stop()

    with receiving([503] * 40) as (receiver, url):
        asyncio.run(run(url))


def test_a_receiver_that_is_down_is_not_buried_in_repetitions(tmp_path: Path) -> None:
    people = 130

    async def run(url: str) -> None:
        site = await opened(tmp_path, 9, people, via="webhook", target=url, **HOOKED)
        clock = site.clock
        assert isinstance(clock, MemoryClock)
        for number in range(people):
            await decide(site, number)
        await site.intake.checkpoint()

        async def quiet() -> None:
            """Send what is due until nobody is called any more."""
            calls = -1
            while calls != len(receiver.got):
                calls = len(receiver.got)
                for _ in range(2):
                    await site.deciding.sender.send_due()

        await quiet()
        assert len(receiver.got) == people
        for _ in range(3):
            clock.advance(12 * 60_000)
            await quiet()
        # All have been due again since, and nobody has given up.
        assert len(receiver.got) == people + FEW_AGAIN
        assert states(site) == {"pending": people}
        receiver.statuses.clear()
        clock.advance(3_600_000)
        await quiet()
        # What arrives burdens nobody: it does not wait for the next hour.
        assert states(site) == {"delivered": people}
        await site.stop()

    with receiving([503] * 2_000) as (receiver, url):
        asyncio.run(run(url))


def test_what_may_have_arrived_goes_on_counting_and_nothing_comes_in_its_place(
    tmp_path: Path,
) -> None:
    async def run(url: str) -> None:
        site = await opened(tmp_path, 9, 1, via="webhook", target=url, **HOOKED)
        await decide(site, 0)
        await until_over(site)
        [delivery] = list(site.deciding.sender.deliveries())
        assert (delivery.state, delivery.perhaps) == ("dead", True)
        upto = await site.intake.settle()
        assert list(site.exporter.outcomes(upto)) == []
        await site.stop()

    with cutting() as url:
        asyncio.run(run(url))


def test_word_of_an_erasure_goes_to_whom_it_concerns_and_blocks_nobody(tmp_path: Path) -> None:
    async def run(url: str) -> None:
        site = await opened(tmp_path, 9, 1, via="crm_task", target=url, **HOOKED)
        await decide(site, 0)
        await until_over(site)
        await run_operation(site, "forget", {"identifier": "user_id:u-0"})
        await site.erasure_notices.run()
        assert site.erasure_notices.waiting == 0
        await site.stop()

    with receiving([200, 200]) as (receiver, url):
        asyncio.run(run(url))
    told = [json.loads(body)["type"] for _, body in receiver.got]
    assert told == ["task.upsert", "erasure.finished"]


@contextmanager
def cutting() -> Iterator[str]:
    """Run a receiver that takes what it is sent and hangs up without a word."""
    with socket.create_server((HOST, 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    with connection:
                        connection.recv(65_536)

        thread = Thread(target=serve)
        thread.start()
        try:
            yield f"http://{HOST}:{listening.getsockname()[1]}/hook"
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()
