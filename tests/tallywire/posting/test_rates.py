"""How much one sender may post in a minute, counted on a real server, by real posting services."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final, TypeVar

import pytest
from redis import Redis
from starlette.requests import Request

from services.ingest.rules.limits import DECLARATION_BYTES_MAX
from streams.client import connect
from streams.keys import Partition
from streams.servers import Servers
from tallywire.embedded.server import EmbeddedServer
from tallywire.posting.rates import (
    ADDRESS_POSTS_MAX,
    BY_ADDRESS,
    BY_KEY,
    FAILURES,
    KEY_POSTS_MAX,
    UNIT_BYTES,
    WINDOW_S,
    Rates,
)
from tallywire.web.problems import NotTaken
from tallywire.web.proxies import read_proxies, sender_address
from tests.pipeline.faults import Fault
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.sender import Answered, Sender

NIGHT: Final = night(22, contests=1, declarations=1)
ELECTION: Final = NIGHT.election
KEYS: Final = Partition(ELECTION)
LARGEST: Final = b"x" * DECLARATION_BYTES_MAX
T = TypeVar("T")


def post(sender: Sender, body: bytes = NIGHT.declarations[0], **headers: str) -> Answered:
    """Post without waiting for a receipt: nobody judges here."""
    return sender.post(ELECTION, body, Prefer="wait=0", **headers)


def use_up(sender: Sender, **headers: str) -> Answered:
    """Post the largest that may be posted, until one is too many, and return what is answered then."""
    answers = (
        post(sender, LARGEST, **headers) for _ in range(ADDRESS_POSTS_MAX * UNIT_BYTES // DECLARATION_BYTES_MAX + 1)
    )
    return next(answer for answer in answers if answer.status != 202)


def test_a_sender_that_posts_too_much_is_told_how_long_to_wait(pipeline: Pipeline) -> None:
    """Promise: 429, with Retry-After, from every process; nothing is appended then, and others go on."""
    pipeline.open(NIGHT)
    sender, other = Sender(pipeline), Sender(pipeline)
    refused = use_up(sender)
    assert (refused.status, refused.headers["content-type"]) == (429, "application/problem+json")
    assert 0 < int(refused.headers["retry-after"]) <= WINDOW_S
    assert f"{ADDRESS_POSTS_MAX:,} posts from your address" in refused.json["detail"]
    before = pipeline.client.xlen(KEYS.key("declarations"))
    # What only a proxy may say is not believed of anybody: nobody was named as one.
    assert post(other, X_Forwarded_For="192.0.2.1").status == 429
    assert pipeline.client.xlen(KEYS.key("declarations")) == before
    other.address = "127.0.0.2"
    assert post(other).status == 202
    # Once, however often it tries on.
    assert (sender.service.log() + other.service.log()).count("rate.reached") == 1


def test_behind_a_proxy_that_was_named_senders_are_told_apart(pipeline: Pipeline) -> None:
    """Promise: the proxy's word about who sends is taken, and nobody else's; what the sender put before it is not."""
    pipeline.open(NIGHT)
    sender = Sender(pipeline, Fault(proxies=("127.0.0.0/31",)))
    assert use_up(sender, X_Forwarded_For="192.0.2.1").status == 429
    assert post(sender, X_Forwarded_For="192.0.2.9, 192.0.2.1").status == 429
    assert post(sender, X_Forwarded_For="192.0.2.1, 192.0.2.9").status == 202
    sender.address = "127.0.0.2"
    assert post(sender, X_Forwarded_For="192.0.2.1").status == 202
    counted = {key.rpartition(b":")[2] for key in pipeline.client.keys(KEYS.key("posting:address:*"))}
    assert counted == {b"192.0.2.1", b"192.0.2.9", b"127.0.0.2"}


def with_rates(server: EmbeddedServer, body: Callable[[Rates], Awaitable[T]]) -> T:
    """Run ``body`` with rates that are counted on the server."""

    async def run() -> T:
        servers = Servers(server.url, connect)
        try:
            return await body(Rates(servers))
        finally:
            for client in servers.clients():
                await client.aclose()

    return asyncio.run(run())


def test_keys_failures_and_addresses_are_counted_apart(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: nobody uses up another's limit; what is counted is gone with its minute, however long it goes on."""
    few = replace(BY_KEY, maximum=2)

    async def count(rates: Rates) -> list[int | None]:
        return [
            *[await rates.allow(ELECTION, few, "one") for _ in range(3)],
            await rates.allow(ELECTION, few, "other"),
            await rates.allow(ELECTION, replace(FAILURES, maximum=2), "one"),
            await rates.allow("pcc.2030-05-02", few, "one"),
        ]

    first, second, third, *others = with_rates(server, count)
    assert (first, second, others) == (None, None, [None, None, None])
    assert third is not None
    assert 0 < third <= WINDOW_S
    key = KEYS.key("posting:key:one")
    redis_client.expire(key, 7)
    assert with_rates(server, lambda rates: rates.allow(ELECTION, few, "one")) in {6, 7}
    with pytest.raises(NotTaken, match="posts signed with this key"):
        with_rates(server, lambda rates: rates.require(ELECTION, few, "one"))
    assert all(redis_client.ttl(each) > 0 for each in redis_client.keys(KEYS.key("posting:*")))


def test_a_large_post_counts_as_many_small_ones(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: how much anybody can put on the stream in a minute is bounded in bytes, too."""
    for size in (0, 1, UNIT_BYTES, UNIT_BYTES + 1, DECLARATION_BYTES_MAX):
        with_rates(server, lambda rates, size=size: rates.allow(ELECTION, BY_ADDRESS, "one", size))  # type: ignore[misc]
    assert redis_client.get(KEYS.key("posting:address:one")) == b"%d" % (1 + 1 + 1 + 2 + 64)


def test_a_council_behind_one_address_is_not_stopped() -> None:
    """Promise: a night of 650 declarations at once passes, with repeats; a thousand posts a second do not."""
    assert 9 * 650 <= ADDRESS_POSTS_MAX < 1_000 * WINDOW_S
    assert 4 * 650 <= KEY_POSTS_MAX < 1_000 * WINDOW_S


@pytest.mark.parametrize(
    ("given", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("no address\r\n", "unknown"),
    ],
)
def test_a_sender_is_counted_by_what_it_cannot_choose(given: str, counted: str) -> None:
    """Promise: of IPv6, where each machine may choose among 2^64 addresses, the network is counted."""
    assert sender_address(Request({"type": "http", "headers": [], "client": (given, 1)})) == counted


def test_proxies_are_named_as_addresses_or_networks() -> None:
    """Promise: what is neither is a mistake that is told, not a proxy that is never believed."""
    assert read_proxies(" 192.0.2.1, 2001:db8::/32 ,") == ("192.0.2.1", "2001:db8::/32")
    assert read_proxies("") == ()
    for wrong in ("proxy.example.org", "*", "192.0.2.1/33", "192.0.2.1;192.0.2.2"):
        with pytest.raises(ValueError, match="does not appear to be"):
            read_proxies(wrong)
