"""One attempt, to a real receiver: where it goes, what it takes for an answer, and what it does not follow."""

import asyncio
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from tallywire.webhooks import sending
from tallywire.webhooks.endpoints import new_secret
from tallywire.webhooks.sending import Outcome, Sender, message_id, signed
from tests.deploy.certificates import Authority
from tests.pipeline.receiver import Receiver

CONTENT = b'{"id":"one","text":"Yn\xc3\xbfs"}'
NAME = "receiver.invalid"
"""No resolver knows it."""


class Resolver:
    """Answers with addresses, one list for each question; the last one again and again."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, _port: int) -> list[str]:
        """Return the next answer."""
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def attempt(
    url: str, resolver: Resolver, *, allow_private: bool = True, context: ssl.SSLContext | None = None
) -> Outcome:
    """Send once."""

    async def send() -> Outcome:
        sender = Sender(url, allow_private=allow_private, resolver=resolver, context=context)
        try:
            return await sender.send(CONTENT, {"webhook-id": "msg_1"})
        finally:
            await sender.close()

    return asyncio.run(send())


def test_what_is_connected_to_is_the_address_that_was_checked() -> None:
    """Promise: a name is resolved once; the connection goes to that address, and carries the name."""
    resolver = Resolver(["127.0.0.1"], ["127.0.0.2"])
    with Receiver() as receiver:
        outcome = attempt(f"http://{NAME}:{receiver.port}/events?x=1", resolver)
    assert outcome.delivered, outcome
    (post,) = receiver.taken
    assert resolver.asked == [NAME]
    assert post.headers["host"] == f"{NAME}:{receiver.port}"
    assert post.headers["content-type"] == "application/cloudevents+json"
    assert post.body == CONTENT


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_a_name_that_resolves_to_this_machine_is_not_connected_to(address: str) -> None:
    """Promise: unless the operator allows it, nothing is sent to a private address, and the operator is told why."""
    with Receiver() as receiver:
        outcome = attempt(f"http://{NAME}:{receiver.port}/", Resolver([address]), allow_private=False)
        assert receiver.posts == []
    assert not outcome.delivered
    assert "this machine itself" in outcome.said
    assert "--allow-private" in outcome.said


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "[::ffff:127.0.0.1]"])
def test_however_this_machine_is_written_it_is_not_connected_to(host: str) -> None:
    """Promise: what is checked is what the system's resolver makes of a host, not how it is written."""
    with Receiver() as receiver:

        async def send() -> Outcome:
            sender = Sender(f"http://{host}:{receiver.port}/", allow_private=False)
            try:
                return await sender.send(CONTENT, {})
            finally:
                await sender.close()

        assert "this machine itself" in asyncio.run(send()).said
        assert receiver.posts == []


def test_of_several_addresses_only_those_that_may_be_are_connected_to() -> None:
    """Promise: a private address among public ones is passed over; one that cannot be reached is not the last word."""
    with Receiver() as receiver:
        resolver = Resolver(["169.254.169.254", "127.0.0.99", "127.0.0.1"])
        outcome = attempt(f"http://{NAME}:{receiver.port}/", resolver)
        assert len(receiver.taken) == 1
    assert outcome.delivered


def test_a_proxy_in_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: what was checked is what is connected to, whatever HTTP_PROXY says."""
    with Receiver() as proxy, Receiver() as receiver:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert attempt(f"http://{NAME}:{receiver.port}/", Resolver(["127.0.0.1"])).delivered
        assert proxy.posts == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    """Promise: a receiver cannot send us elsewhere; the operator reads where it wanted us."""
    with Receiver() as inside:
        moved = (status, {"Location": f"http://127.0.0.1:{inside.port}/admin"})
        with Receiver(lambda _: moved) as receiver:
            outcome = attempt(receiver.url, Resolver(["127.0.0.1"]))
        assert inside.posts == []
    assert not outcome.delivered
    assert "/admin" in outcome.said


def test_an_answer_without_an_end_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: the status decides; of the body little is read, for a short time."""
    monkeypatch.setattr(sending, "BODY_S", 0.05)
    with Receiver(lambda _: "no end") as receiver:
        assert attempt(receiver.url, Resolver(["127.0.0.1"])).delivered


def test_who_never_answers_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: an attempt takes so long and no longer, whatever the receiver does."""
    monkeypatch.setattr(sending, "ATTEMPT_S", 0.1)
    with Receiver(lambda _: "silence") as receiver:
        outcome = attempt(receiver.url, Resolver(["127.0.0.1"]))
    assert not outcome.delivered
    assert not outcome.refused
    assert "has not answered" in outcome.said


def test_what_went_wrong_is_said_in_words() -> None:
    """Promise: each way to fail is a sentence, and says whether it may be about this event alone."""
    behave = iter(["hang up", 500, (503, {"Retry-After": "7"}), 410])
    with Receiver(lambda _: next(behave)) as receiver:  # type: ignore[arg-type]  # as written above
        hung_up, failed, away, gone = (attempt(receiver.url, Resolver(["127.0.0.1"])) for _ in range(4))
    closed = attempt(receiver.url, Resolver(["127.0.0.1"]))
    assert "broke before it answered" in hung_up.said
    assert ("500 Internal Server Error" in failed.said, failed.refused) == (True, True)
    assert ("503" in away.said, away.refused, away.retry_after_s) == (True, False, 7)
    assert (gone.gone, gone.delivered) == (True, False)
    assert "cannot be connected to" in closed.said


def test_over_tls_the_certificate_must_be_the_names(tmp_path: Path) -> None:
    """Promise: the name is what TLS asks for and checks, although the connection goes to a number."""
    authority = Authority(tmp_path)
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(*authority.sign("receiver", NAME))
    trusting = ssl.create_default_context(cafile=str(authority.file))
    with Receiver(context=served) as receiver:
        right = attempt(f"https://{NAME}:{receiver.port}/", Resolver(["127.0.0.1"]), context=trusting)
        wrong = attempt(f"https://other.invalid:{receiver.port}/", Resolver(["127.0.0.1"]), context=trusting)
        stranger = attempt(f"https://{NAME}:{receiver.port}/", Resolver(["127.0.0.1"]))
        assert len(receiver.taken) == 1
    assert right.delivered, right
    assert not wrong.delivered
    assert not stranger.delivered


def test_a_message_is_signed_as_standard_webhooks_has_it() -> None:
    """Promise: the standard's library verifies it with either secret while both are good; ids follow from content."""
    old, new = new_secret(), new_secret()
    now = 1_700_000_000.9
    headers = signed(message_id(CONTENT), CONTENT, (new, old), now)
    assert headers["webhook-timestamp"] == "1700000000"
    moment = datetime.fromtimestamp(1_700_000_000, UTC)
    for secret in (old, new):
        expected = Webhook(secret).sign(headers["webhook-id"], moment, CONTENT.decode())
        assert expected in headers["webhook-signature"].split(" ")
    assert message_id(CONTENT) == message_id(bytes(CONTENT)) != message_id(CONTENT + b" ")
