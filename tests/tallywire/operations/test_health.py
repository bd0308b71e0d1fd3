"""A health check says whether a service is live, ready and at work, and how far behind it is."""

import json
import re
import shlex
import socket
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import ResponseError

from schemas.streams import PERMANENT
from streams.durability import MEANT
from streams.keys import CATALOGUE, Partition, alive_key
from streams.lag import LAST_ID, STUCK_AFTER_S
from streams.troubles import has_ended
from tallywire.client import progress
from tallywire.client.connection import open_connection
from tallywire.doctor.doors import CERTIFICATE_DAYS_MIN, CLOCK_S_OFF
from tallywire.doctor.host import DISK_BYTES_MIN
from tallywire.doctor.services import services
from tallywire.embedded.server import EmbeddedServer
from tallywire.operations.health import check_health, heartbeats
from tests.deploy.prometheus import alerts

ELECTION = "pcc.2024-05-02"


@pytest.fixture
def alive(redis_client: Redis) -> None:
    """Let ingest have a heartbeat on this machine, which says that it is ready."""
    redis_client.set(f"tallywire:alive:ingest:{socket.gethostname()}:4711", "[]", ex=15)


def test_a_service_with_a_heartbeat_that_has_read_everything_is_healthy(
    server: EmbeddedServer, redis_client: Redis, alive: None
) -> None:
    """Live and up to date: the message says both."""
    redis_client.xadd(CATALOGUE, {"election": ELECTION})
    entry_id = redis_client.xadd(f"{{{ELECTION}}}:declarations", {"data": "{}"})
    redis_client.hset(f"{{{ELECTION}}}:ingest", "cursor", entry_id)
    health = check_health(server.url, "ingest")
    assert (health.ok, health.message) == (True, "ingest is live and has read everything. Elections: 1.")


def test_a_service_that_says_it_is_not_ready_is_not_healthy(server: EmbeddedServer, redis_client: Redis) -> None:
    """The reasons of its heartbeats are passed on, each once; a process that is ready does not make up for one."""
    reason = f"{ELECTION}: the last attempt failed: synthetic."
    for process, reasons in ((4711, [reason]), (4712, []), (4713, [reason])):
        redis_client.set(alive_key("ingest", socket.gethostname(), process), json.dumps(reasons), ex=15)
    health = check_health(server.url, "ingest")
    assert (health.ok, health.message) == (False, f"ingest is live and not ready. {reason}")


def test_keys_of_somebody_else_that_are_named_like_ours_do_no_harm(
    server: EmbeddedServer, redis_client: Redis, alive: None
) -> None:
    """Promise: what is no heartbeat is none, and what is no stream has no declarations; health and the desk answer."""
    redis_client.xadd(CATALOGUE, {"election": ELECTION})
    host = socket.gethostname()
    for number, odd in enumerate((b"\xff", b"{not json", b"", b"nothing")):
        redis_client.set(alive_key("ingest", host, number), odd, ex=15)
    redis_client.lpush(alive_key("ingest", host, 5), "[]")
    redis_client.set("{synthetic}:declarations", "nothing")
    health = check_health(server.url, "ingest")
    assert (health.ok, health.message) == (True, "ingest is live and has read everything. Elections: 1.")
    with open_connection(server.url) as connection:
        assert progress.strays(connection) == []
        assert [beat.reasons for beat in heartbeats(connection, "ingest")] == [()]


def test_what_lies_parked_is_told(server: EmbeddedServer, redis_client: Redis, alive: None) -> None:
    """Promise: a service that set an entry aside is healthy and says so; to the doctor it is wrong."""
    redis_client.xadd(CATALOGUE, {"election": ELECTION})
    redis_client.xadd(f"{{{ELECTION}}}:parked-ingest", {"data": "{}"})
    health = check_health(server.url, "ingest")
    told = f"{ELECTION}: 1 entry lies parked at ingest, for a rule of ours failed: tallywire parked"
    assert health.ok
    assert health.message.endswith(told)
    with open_connection(server.url) as connection:
        found = {finding.name: finding for finding in services(connection)}
    assert (found["ingest"].level, found["ingest"].said) == ("wrong", told)


def test_a_service_that_is_behind_is_healthy_and_says_how_far(
    server: EmbeddedServer, redis_client: Redis, alive: None
) -> None:
    """Lag alone is healthy; the message says how many entries wait, and how long the first has."""
    redis_client.xadd(CATALOGUE, {"election": ELECTION})
    stream = f"{{{ELECTION}}}:declarations"
    folded = redis_client.xadd(stream, {"data": "{}"}, id="1-1")
    redis_client.hset(f"{{{ELECTION}}}:ingest", mapping={"cursor": folded, "folded": 1})
    redis_client.xadd(stream, {"data": "{}"}, id=f"{redis_client.time()[0] - 60}000-0")
    redis_client.xadd(stream, {"data": "{}"})
    # It has answered somebody just now.
    redis_client.xadd(f"{{{ELECTION}}}:receipts", {"data": "{}"})
    health = check_health(server.url, "ingest")
    assert health.ok
    assert f"ingest is live and behind. {ELECTION}: 2 waiting, the first for 6" in health.message


def test_a_service_that_is_too_far_behind_is_not_healthy(
    server: EmbeddedServer, redis_client: Redis, alive: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When more entries wait than may, somebody is told: who sends them, or why they are not read, is for a person."""
    monkeypatch.setattr("streams.lag.LAG_ENTRIES_MAX", 3)
    monkeypatch.setattr("tallywire.operations.health.LAG_ENTRIES_MAX", 3)
    redis_client.xadd(CATALOGUE, {"election": ELECTION})
    for _ in range(4):
        redis_client.xadd(f"{{{ELECTION}}}:declarations", {"data": "{}"})
    health = check_health(server.url, "ingest")
    assert not health.ok
    assert f"has reached a limit. {ELECTION}: 4 entries wait, more than 3." in health.message


def test_a_catalogue_with_more_elections_than_are_served_is_not_healthy(
    server: EmbeddedServer, redis_client: Redis, alive: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An election that no service works on is not left to be found out."""
    monkeypatch.setattr("tallywire.operations.health.PARTITIONS_MAX", 1)
    for name in (ELECTION, "parl.2024-07-04"):
        redis_client.xadd(CATALOGUE, {"election": name})
    health = check_health(server.url, "ingest")
    assert not health.ok
    assert "The catalogue names 2 elections, and it serves the first 1." in health.message


def test_a_service_that_runs_elsewhere_is_not_healthy_here(server: EmbeddedServer, redis_client: Redis) -> None:
    """A container answers for itself: the heartbeat of another host, or of another service, does not count."""
    redis_client.set("tallywire:alive:ingest:another-host:4711", "[]", ex=15)
    redis_client.set(f"tallywire:alive:notify:{socket.gethostname()}:4711", "[]", ex=15)
    health = check_health(server.url, "ingest")
    assert not health.ok
    assert health.message.startswith("ingest has had no heartbeat on ")


def test_without_a_server_nothing_is_healthy(server: EmbeddedServer) -> None:
    """A server that is away makes the service unhealthy, with a sentence and no traceback."""
    health = check_health(f"{server.url}.gone", "ingest")
    assert not health.ok
    assert "There is no server at" in health.message


@pytest.fixture
def a_minute_waiting(redis_client: Redis) -> Redis:
    """Let aggregate have a heartbeat on this machine, and a ledger entry before it that is a minute old."""
    redis_client.set(alive_key("aggregate", socket.gethostname(), 4711), "[]", ex=15)
    redis_client.xadd(CATALOGUE, {"election": ELECTION})
    redis_client.xadd(f"{{{ELECTION}}}:ledger", {"data": "{}"}, id=f"{redis_client.time()[0] - 60}000-0")
    return redis_client


def test_half_a_minute_without_a_word_is_too_long(server: EmbeddedServer, a_minute_waiting: Redis) -> None:
    """Promise: the message says for how long nothing was written, how many entries wait, and where to look."""
    wrote_ago_s = STUCK_AFTER_S + 5
    wrote_id = f"{int(1e3 * (a_minute_waiting.time()[0] - wrote_ago_s))}-0"
    a_minute_waiting.xadd(f"{{{ELECTION}}}:results", {"data": "{}"}, id=wrote_id)
    health = check_health(server.url, "aggregate")
    assert not health.ok
    assert f"it has written nothing for {STUCK_AFTER_S:g} s" in health.message
    assert f"{ELECTION}: 1 waiting, the first for 6" in health.message
    assert "Its log says why." in health.message


def test_working_through_the_past_is_healthy(server: EmbeddedServer, a_minute_waiting: Redis) -> None:
    """Promise: after a restore the entries that wait are as old as their night; a service that writes is at work."""
    a_minute_waiting.xadd(f"{{{ELECTION}}}:tallies", {"data": "{}"})
    health = check_health(server.url, "aggregate")
    assert health.ok
    assert "aggregate is live and behind." in health.message


def test_entries_that_were_trimmed_before_they_were_read_are_named(
    server: EmbeddedServer, a_minute_waiting: Redis
) -> None:
    """Promise: a reader that can never have everything is not called healthy, whether something came since or not."""
    client, keys = a_minute_waiting, Partition(ELECTION)
    client.delete(keys.key("ledger"))
    client.hset(keys.key("ingest"), "sequence:ledger", 9)
    client.hset(keys.key("aggregate"), mapping={"cursor": "5-0", "folded": 3, "read": "3 5-0"})
    gone = check_health(server.url, "aggregate")
    assert not gone.ok
    assert f"{ELECTION}: ledger had entries up to 9, and aggregate has read up to 3." in gone.message
    client.xadd(keys.key("ledger"), {"data": '{"id":"x","sequence":9}'})
    onwards = check_health(server.url, "aggregate")
    assert not onwards.ok
    assert f"{ELECTION}: ledger goes on with 9, and aggregate has read up to 3." in onwards.message
    client.hset(keys.key("aggregate"), "read", "8 5-0")
    assert check_health(server.url, "aggregate").ok


@pytest.mark.parametrize(("service", "stream"), [(stream.writer, stream.name) for stream in PERMANENT])
def test_entries_that_are_gone_are_named_whoever_had_read_them(
    server: EmbeddedServer, redis_client: Redis, service: str, stream: str
) -> None:
    """Promise: evidence, or what was published, that was deleted after it was read is missed all the same."""
    redis_client.set(f"tallywire:alive:{service}:{socket.gethostname()}:4711", "[]", ex=15)
    redis_client.xadd(CATALOGUE, {"election": ELECTION})
    keys = Partition(ELECTION)
    for number in (1, 2, 4):
        redis_client.xadd(keys.key(stream), {"data": f'{{"id":"x","sequence":{number}}}'}, id=f"{number}-0")
    for stage, reads in (("aggregate", "ledger"), ("notify", "results")):
        if reads == stream:
            redis_client.hset(keys.key(stage), mapping={"cursor": "4-0", "read": "4 4-0"})
    redis_client.hset(keys.key(service), f"sequence:{stream}", 4)
    health = check_health(server.url, service)
    assert not health.ok
    assert f"{ELECTION}: 4 entries were written to {stream}, and 3 are there" in health.message
    redis_client.hset(keys.key(service), f"sequence:{stream}", 3)
    assert check_health(server.url, service).ok


def test_declarations_for_an_election_that_is_not_loaded_are_named(
    server: EmbeddedServer, redis_client: Redis, alive: None
) -> None:
    """Promise: whoever sends to a misspelt day or key is found, for nobody answers there."""
    redis_client.xadd(CATALOGUE, {"election": ELECTION})
    own = Partition(ELECTION).key("declarations")
    for key in (own, f"{own}.ended", "{pcc.2024-05-03}:declarations", f"{ELECTION}:declarations", own[:-1]):
        redis_client.xadd(key, {"data": "{}"})
    redis_client.lpush("{pcc.2024-05-04}:declarations", "no stream")
    health = check_health(server.url, "ingest")
    assert health.ok
    misspelt = f"'{ELECTION}:declarations', 'pcc.2024-05-03', '{own[:-1]}'"
    assert f"of elections that are not loaded: {misspelt}. Is a day misspelt, or the key?" in health.message


def test_an_id_of_the_year_5138_blinds_nobody(server: EmbeddedServer, redis_client: Redis, alive: None) -> None:
    """Promise: where a sender has chosen an id ahead of the clock it is said, and a service that hangs is found."""
    redis_client.xadd(CATALOGUE, {"election": ELECTION})
    keys, now_ms = Partition(ELECTION), redis_client.time()[0] * 1_000
    chosen = redis_client.xadd(keys.key("declarations"), {"data": "{}"}, id="99999999999999-0")
    redis_client.hset(keys.key("ingest"), mapping={"cursor": chosen, "folded": 1})
    redis_client.hset(keys.key("ingest"), "at", now_ms - 60_000)
    read = check_health(server.url, "ingest")
    assert read.ok
    assert "s ahead of the server's clock" in read.message
    redis_client.xadd(keys.key("declarations"), {"data": "{}"})
    stuck = check_health(server.url, "ingest")
    assert not stuck.ok
    assert f"{ELECTION}: 1 waiting, the first for 6" in stuck.message


def test_a_stream_whose_last_id_is_the_last_there_is_can_be_begun_anew(
    server: EmbeddedServer, redis_client: Redis, alive: None
) -> None:
    """Promise: health says that nothing more can be sent, and with which commands that is mended."""
    redis_client.xadd(CATALOGUE, {"election": ELECTION})
    keys = Partition(ELECTION)
    redis_client.xadd(keys.key("declarations"), {"data": "{}"}, id=LAST_ID)
    redis_client.hset(keys.key("ingest"), mapping={"cursor": LAST_ID, "folded": 1})
    ended = check_health(server.url, "ingest")
    assert not ended.ok
    assert f"{ELECTION}: nothing more can be sent" in ended.message
    with pytest.raises(ResponseError) as refused:
        redis_client.xadd(keys.key("declarations"), {"data": "{}"})
    assert has_ended(refused.value)
    told = re.search(r"(RENAME .*?), (XGROUP .*?), (HSET .*?)\.$", ended.message)
    assert told is not None
    for command in told.groups():
        redis_client.execute_command(*shlex.split(command))  # type: ignore[no-untyped-call]  # of redis-py
    redis_client.xadd(keys.key("declarations"), {"data": "{}"})
    assert "1 waiting" in check_health(server.url, "ingest").message


@pytest.mark.parametrize(
    "setting", [("appendonly", "no"), ("appendfsync", "everysec"), ("maxmemory-policy", "allkeys-lru")]
)
@pytest.mark.usefixtures("alive")
def test_a_server_that_will_lose_data_is_named(
    redis_client: Redis, server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch, setting: tuple[str, str]
) -> None:
    """Promise: what was accepted is lost by nobody's oversight; where it is meant, that can be said."""
    option, value = setting
    before = str(redis_client.config_get(option)[option])
    redis_client.config_set(option, value)
    try:
        health = check_health(server.url, "ingest")
        assert not health.ok
        assert f"{option} is {'off' if value == 'no' else value}" in health.message
        monkeypatch.setenv(MEANT, "1")
        assert check_health(server.url, "ingest").ok
    finally:
        redis_client.config_set(option, before)


def test_who_is_woken_and_what_a_probe_finds_agree() -> None:
    """Promise: the alert and the health check have one threshold."""
    rules = Path(__file__).parents[3] / "deploy" / "prometheus" / "rules.yml"
    assert f"(tallywire_lag_seconds) > {STUCK_AFTER_S:g}" in rules.read_text("utf-8")


def test_who_is_woken_and_what_the_doctor_finds_agree() -> None:
    """Promise: disk, certificate and clock have one threshold each, before the night and during it."""
    alert = alerts()
    assert f"< {DISK_BYTES_MIN / 1e9:g}e9" in alert["DiskFilling"]["expr"]
    assert f"< {CERTIFICATE_DAYS_MIN} * 86400" in alert["CertificateEnds"]["expr"]
    assert f"> {CLOCK_S_OFF:g}" in alert["HostClockOff"]["expr"]
    assert f"> {CLOCK_S_OFF:g}" in alert["ClockOff"]["expr"]
