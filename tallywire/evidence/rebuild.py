"""``tallywire rebuild``: what follows from the ledger is deleted, and the services derive it again."""

import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from redis.exceptions import WatchError

from schemas.streams import LEDGER
from services.heartbeat import BEAT_LASTS_S
from services.ingest.service import WIRING as INGEST
from streams.commit import FORM
from streams.fold import Wiring
from streams.keys import Partition
from tallywire.client.connection import Connection
from tallywire.client.errors import RefusedError
from tallywire.client.progress import alive
from tallywire.evidence.election_keys import DERIVED_PARTS, keys
from tallywire.evidence.ledger_walk import Walk
from tallywire.evidence.replay import DERIVED, STAGES, IngestReplay

PAUSE_S: Final = 0.2
"""Between two looks whether a service still says that it lives."""


def await_stopped(
    connection: Connection,
    waiting: Callable[[list[str]], None],
    deadline_s: float = BEAT_LASTS_S + 1.0,
    *,
    ingest_too: bool = False,
) -> None:
    """Wait until neither aggregate nor notify is said to live; a stopped one is believed alive for some seconds more.

    A running one would take the loss of its state for the loss of the server. Ingest may go on, but where its own state
    is to be made anew.

    Args:
        connection: the server.
        waiting: told once who is waited for.
        deadline_s: how long a service that has ended may still be believed to live.
        ingest_too: whether ingest must have stopped as well.

    Raises:
        RefusedError: one lives.
    """
    deadline = time.monotonic() + deadline_s
    told = False
    while running := _running(connection, STAGES if ingest_too else DERIVED):
        if not told:
            waiting(running)
            told = True
        if time.monotonic() > deadline:
            ingest = "ingest, too" if ingest_too else "ingest may run on"
            raise RefusedError(
                f"Still running: {', '.join(running)}. Nothing was changed. Stop them first, on every machine; "
                f"{ingest}. "
                "(--force does not wait: a service that runs nevertheless ends, and has to be started again.)"
            )
        time.sleep(PAUSE_S)


def _running(connection: Connection, wirings: Sequence[Wiring[Any]]) -> list[str]:
    return [wiring.stage for wiring in wirings if alive(connection, wiring.stage)]


def is_of_another_form(connection: Connection, election: str) -> bool:
    """Whether another release has written what ingest keeps, in a form that this one does not read."""
    fields = connection.at(election).hgetall(Partition(election).key(INGEST.stage))
    return bool(fields) and fields.get(FORM.encode(), b"1") != b"%d" % INGEST.form


def rewrite_ingest(connection: Connection, walked: Walk, ingest: IngestReplay) -> None:
    """Write what ingest keeps of the register as this release does, in one step; nothing else of it has another form.

    Args:
        connection: the server.
        walked: the whole ledger.
        ingest: what ingest remembers of it.

    Raises:
        RefusedError: ingest has gone on meanwhile.
    """
    partition = Partition(walked.election)
    stage = partition.key(INGEST.stage)
    with connection.at(walked.election).pipeline(transaction=True) as step:
        step.watch(stage)
        written = step.hget(stage, f"sequence:{LEDGER.name}")
        step.multi()
        for table, fields in ingest.tables.items():
            step.delete(partition.key(table))
            for name, value in fields.items():
                step.hset(partition.key(table), name, value)
        step.hset(stage, FORM, INGEST.form)
        goes_on = RefusedError(f"Ingest of {walked.election} runs. Nothing was changed. Stop it first.")
        if written != b"%d" % walked.size:
            raise goes_on
        try:
            step.execute()
        except WatchError as error:
            raise goes_on from error


def delete_derived(connection: Connection, election: str) -> None:
    """Delete what aggregate and notify keep and write, in one step."""
    connection.at(election).unlink(*keys(election, DERIVED_PARTS))
