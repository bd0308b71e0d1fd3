"""Delivering to one endpoint: each event in order, again and again until it is taken or a night is over.

Behind an event that fails the others wait, but for one that the receiver refuses while it may take others: that is
set aside after some attempts, and tried by itself. After each event the place is written down, so that a worker that
is killed repeats one at most.
"""

import asyncio
import json
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Final, cast

import structlog
from redis.asyncio import Redis

from streams.servers import Servers
from tallywire.operations.counts import ATTEMPTS, DELIVERED, FAILED
from tallywire.operations.traces import Traces
from tallywire.publishing.cursor import Cursor
from tallywire.publishing.following import Election, State
from tallywire.publishing.history import History, Moment
from tallywire.webhooks.endpoints import Endpoint, Replay, progress_key
from tallywire.webhooks.progress import RESNAPSHOT, Failed, Failing, Progress
from tallywire.webhooks.schedule import LONGEST_S, is_over, pause_after
from tallywire.webhooks.sending import Outcome, Sender, message_id, signed
from tallywire.webhooks.walk import next_step

ASIDE_AFTER: Final = 4
"""After so many refusals an event is set aside: the receiver may take others. Half a minute."""

ASIDE_MAX: Final = 10
"""Events that are set aside at once. A receiver that refuses more has trouble with all of them, and they wait."""

BEYOND_S: Final = 10.0
"""How long a place beyond the end of an election that is live may come about: as long as feeds wait for it."""

IDLE_S: Final = 5.0
"""Between two looks when nothing has happened and nothing is due."""

RESNAPSHOT_TYPE: Final = "tallywire.resnapshot.v1"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Job:
    """An event to send now."""

    election: str
    stream: str
    sequence: int
    """0 where it has none."""
    event: str
    """Its id."""
    content: bytes
    """As published."""
    place: Cursor | None = None
    """Where the endpoint is once it is delivered; None for an event that was set aside, which moves nothing."""
    subject: str = ""
    """Of a tally its region, whose numbers that were passed over go with it."""


class Delivery:
    """Delivers to one endpoint.

    Args:
        endpoint: which one.
        servers: where its progress is.
        elections: those that are followed, by id.
        sender: sends to its URL.
        may_send: whether this worker still leads.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        servers: "Servers[Redis]",
        elections: Mapping[str, Election],
        sender: Sender,
        may_send: Callable[[], bool],
    ) -> None:
        self.woken = asyncio.Event()
        """Set when something may have happened."""
        self.traces: Traces | None = None
        """Where traces go; None where nobody traces."""
        self._endpoint = endpoint
        self._wanted = endpoint.wanted
        self._key = progress_key(endpoint.id)
        self._servers = servers
        self._elections = elections
        self._sender = sender
        self._may_send = may_send
        self._progress = Progress({})
        self._places: dict[str, Cursor] = {}
        """How far each election was looked through, which may be beyond what is written down."""
        self._beyond: dict[str, float] = {}
        """Since when an election's place has been beyond the end of its feed."""
        self._looked_at: dict[str, Moment] = {}
        """The last moment of each election, once it was looked through to its end."""
        self._served = ""
        """The election that had its turn last."""
        self._more = False
        """Whether there may be more than was looked at."""
        self._known = frozenset[str]()
        """The elections that there were when it was looked last."""

    async def run(self) -> None:
        """Deliver until the receiver wants no more; not at all while the endpoint is paused.

        Raises:
            RedisError: its progress cannot be read or written.
        """
        client = await self._servers.current(self._key)
        self._progress = Progress(cast("dict[bytes, bytes]", await client.hgetall(self._key)))
        # What was looked through and not written down is looked through again.
        self._places.clear()
        self._looked_at.clear()
        self._replay_parked()
        await self._save()
        while not self._endpoint.paused and not self._stopped:
            self.woken.clear()
            now = time.time()
            job = self._next_job(now) if self._may_send() else None
            if job is not None:
                await self._deliver(job)
            else:
                await self._save()
                await self._wait(now)

    def measured(self, now: float) -> dict[str, float]:
        """Return how the endpoint is, for the metrics; from any thread."""
        progress = self._progress
        aside, parked = (list(progress.failed(state)) for state in ("aside", "parked"))
        waiting = [one.since for one in (*aside, *progress.failed("waiting"))]
        for name, election in tuple(self._elections.items()):
            if election.read and self._endpoint.takes(name):
                history = election.history
                place = self._places.get(name) or progress.cursor(name)
                after = history.moment_of(place) + 1 if place is not None else 1
                if after < len(history.moments) and (place is not None or not self._endpoint.begin):
                    waiting.append(history.moments[after].accepted.timestamp())
        failing = progress.failing
        return {
            "webhook_oldest_undelivered_seconds": max(0.0, now - min(waiting)) if waiting else 0.0,
            "webhook_failing_seconds": now - failing.since if failing else 0.0,
            "webhook_aside": len(aside),
            "webhook_parked": len(parked),
            "webhook_stopped": float(self._stopped),
            "webhook_paused": float(self._endpoint.paused),
        }

    @property
    def _stopped(self) -> bool:
        """Whether the receiver has said that it wants no more, and nobody has resumed the endpoint since."""
        return self._progress.get("stopped") == str(self._endpoint.resumed)

    async def _save(self) -> None:
        # Another worker may have gone on meanwhile, and written where it is.
        if self._may_send():
            await self._progress.save(await self._servers.current(self._key), self._key)

    async def _wait(self, now: float) -> None:
        """Wait until something has happened, or is due."""
        failing = self._progress.failing
        due = [one.due for one in self._progress.failed("aside")][:1] if failing is None else [failing.due]
        pause = min([IDLE_S, *(one - now for one in due if one > now)])
        with suppress(TimeoutError):
            async with asyncio.timeout(0 if self._more else pause):
                await self.woken.wait()

    def _next_job(self, now: float) -> Job | None:
        """Return what to send now; None where nothing is to be sent, or not yet."""
        self._more = False
        self._forget_deleted()
        failing = self._progress.failing
        if failing is not None and failing.due > now:
            return None
        return self._aside_job(now) or self._main_job()

    def _forget_deleted(self) -> None:
        """Forget what failed of elections that are there no more: a list of elections only loses those deleted."""
        for name in self._known - self._elections.keys():
            self._progress.forget_deleted(name)
        self._known = frozenset(self._elections)

    def _aside_job(self, now: float) -> Job | None:
        for one in self._progress.failed("aside"):
            election = self._elections.get(one.election)
            if one.due > now:
                return None
            if election is None or not election.read:
                continue
            events = election.history.events[one.stream]
            event = events[one.sequence - 1] if one.sequence <= len(events) else None
            if event is not None and event.id == one.event:
                return Job(one.election, one.stream, one.sequence, event.id, event.content)
            # It is of another history, which the receiver has been told of.
            self._progress.forget(one.election, one.stream, one.sequence)
        return None

    def _main_job(self) -> Job | None:
        # Each election has its turn, however much waits in the others.
        names = [name for name, one in self._elections.items() if one.read and self._endpoint.takes(name)]
        turn = names.index(self._served) + 1 if self._served in names else 0
        for name in (*names[turn:], *names[:turn]):
            if self._elections[name].history.now is self._looked_at.get(name):
                # Nothing has happened since it was looked through: with many elections, most of them.
                continue
            job = self._job_of(name, self._elections[name])
            if job is not None:
                self._served = name
                return job
        return None

    def _job_of(self, name: str, election: Election) -> Job | None:
        """Return what is next of an election."""
        progress, history = self._progress, election.history
        place = self._place(name, history)
        if progress.get(_resnapshot(name)) is None and self._is_other(name, place, election):
            self._begin_again(name, history.now.cursor)
        if told := progress.get(_resnapshot(name)):
            event = json.loads(told)
            after = Cursor.read(event["data"]["cursor"])
            return Job(name, RESNAPSHOT, 0, event["id"], told.encode(), after)
        if name in self._beyond:
            return None
        step = next_step(history, place, self._wanted)
        for subject, sequences in step.skipped.items():
            progress.skip(name, subject, sequences)
            for sequence in sequences:
                progress.forget(name, "tallies", sequence)
        if step.event is None:
            self._places[name] = step.after
            self._more = self._more or step.more
            if not step.more:
                self._looked_at[name] = history.now
            progress.move(name, step.after)
            return None
        event_id, content = step.event.id, step.event.content
        return Job(name, step.stream, step.event.sequence, event_id, content, step.after, step.event.subject)

    def _place(self, name: str, history: History) -> Cursor:
        """Return how far an election was looked through, or from where on it is to be."""
        progress, replay = self._progress, self._endpoint.replay
        if replay is not None and replay.election == name and progress.number("replayed") < replay.number:
            progress.put("replayed", replay.number)
            place = _replayed_from(replay, history)
            if place is not None:
                progress.move(name, place)
                self._places[name] = place
            else:
                progress.put("reason", f"{name} was not replayed: {replay.cursor} is of another history.")
        if (known := self._places.get(name) or progress.cursor(name)) is not None:
            return known
        begun = Cursor(*self._endpoint.begin.get(name, (0, 0, 0, 0)), history="")
        return history.moments[history.moment_of(begun)].cursor

    def _is_other(self, name: str, place: Cursor, election: Election) -> bool:
        """Whether a place is not of the history that is shown."""
        holds = election.history.holds(place)
        if holds is not None:
            self._beyond.pop(name, None)
            return not holds
        since = self._beyond.setdefault(name, time.monotonic())
        if election.state is not State.LIVE:
            self._beyond[name] = time.monotonic()
        elif time.monotonic() - since > BEYOND_S:
            del self._beyond[name]
            return True
        return False

    def _begin_again(self, name: str, cursor: Cursor) -> None:
        """Prepare the event that says that another history has begun; what has failed of the one before is void."""
        progress = self._progress
        progress.put(_resnapshot(name), resnapshot_event(name, cursor))
        for one in progress.failed():
            if one.election == name:
                progress.forget(name, one.stream, one.sequence)
        progress.skip_nothing(name)

    def _replay_parked(self) -> None:
        """Let what is parked be tried again, if that is what the operator has asked for last."""
        progress, replay = self._progress, self._endpoint.replay
        if replay is not None and not replay.election and progress.number("replayed") < replay.number:
            progress.put("replayed", replay.number)
            for one in progress.failed("parked"):
                progress.fail(replace(one, state="aside", attempts=0, due=0))

    async def _deliver(self, job: Job) -> None:
        """Send an event, and write down what came of it."""
        content = job.content
        if job.stream == "tallies" and job.place is not None:
            content = with_skipped(content, self._progress.skipped(job.election, job.subject))
        now = time.time()
        headers = signed(message_id(job.content), content, self._endpoint.signing(now), now)
        if job.place is not None:
            headers["Tallywire-Cursor"] = str(job.place)
        began, endpoint = time.monotonic(), self._endpoint.name
        with self._traced(job) as note:
            outcome = await self._sender.send(content, headers)
            note(outcome)
        ATTEMPTS.labels(endpoint).observe(time.monotonic() - began)
        (DELIVERED if outcome.delivered else FAILED).labels(endpoint).inc()
        if outcome.delivered:
            self._delivered(job)
        elif outcome.gone:
            self._progress.put("stopped", self._endpoint.resumed)
            self._note(outcome)
            log.warning("webhook.stopped", endpoint=self._endpoint.name, reason=outcome.said)
        else:
            self._failed(job, outcome)
        await self._save()

    @contextmanager
    def _traced(self, job: Job) -> Iterator[Callable[[Outcome], None]]:
        """Trace an attempt, where its event belongs to a trace; yield what notes the outcome."""
        election = self._elections.get(job.election)
        context = election.contexts.get((job.stream, job.sequence)) if election is not None else None
        if self.traces is None or context is None:
            yield lambda _: None
            return
        said = {
            "tallywire.election": job.election,
            "tallywire.event_id": job.event,
            "tallywire.endpoint": self._endpoint.name,
        }
        span = self.traces.begin("deliver webhook", context, said)
        try:
            yield lambda outcome: span.set_attribute("tallywire.outcome", outcome.said)
        finally:
            span.end()

    def _delivered(self, job: Job) -> None:
        progress, now = self._progress, time.time()
        progress.put("delivered", int(progress.number("delivered")) + 1)
        progress.put("succeeded", now)
        if progress.failing is not None:
            # It is back: what was set aside need not wait for its time.
            for one in progress.failed("aside"):
                progress.fail(replace(one, due=now))
            progress.failing = None
        progress.forget(job.election, job.stream, job.sequence)
        if job.stream == "tallies" and job.place is not None:
            progress.skip_none(job.election, job.subject)
        self._pass(job)

    def _failed(self, job: Job, outcome: Outcome) -> None:
        """Say when the event, and when the endpoint, is tried again."""
        progress, now = self._progress, time.time()
        self._note(outcome)
        before = progress.failure(job.election, job.stream, job.sequence)
        attempts = 1 + (before.attempts if before else 0)
        asked_s = min(outcome.retry_after_s, LONGEST_S)
        failed = Failed(
            election=job.election,
            stream=job.stream,
            sequence=job.sequence,
            event=job.event,
            attempts=attempts,
            reason=outcome.said,
            since=before.since if before else now,
            due=now + max(pause_after(attempts), asked_s),
            state="aside" if job.place is None else "waiting",
        )
        if job.stream != RESNAPSHOT and is_over(attempts):
            failed = replace(failed, state="parked")
        elif self._may_go_aside(job, outcome, attempts):
            failed = replace(failed, state="aside")
        progress.fail(failed)
        if job.place is not None or not outcome.refused:
            self._hold_back(now, asked_s, at_once=job.place is not None and failed.state == "aside")
        if failed.state != "waiting":
            self._pass(job)
        endpoint = self._endpoint.name
        told = {
            "endpoint": endpoint,
            "election": job.election,
            "event_id": job.event,
            "attempts": attempts,
            "reason": outcome.said,
        }
        log.warning("webhook.failed", **told)
        if failed.state == "parked":
            log.error("webhook.parked", **told)

    def _may_go_aside(self, job: Job, outcome: Outcome, attempts: int) -> bool:
        """Whether the others need not wait behind an event that is refused."""
        return (
            outcome.refused
            and job.place is not None
            and job.stream != RESNAPSHOT
            and attempts >= ASIDE_AFTER
            and len(list(self._progress.failed("aside"))) < ASIDE_MAX
        )

    def _hold_back(self, now: float, asked_s: float, *, at_once: bool) -> None:
        """Let the endpoint rest; longer with each attempt that failed since it last took something."""
        failing = self._progress.failing or Failing(0, now, now)
        attempts = failing.attempts + 1
        pause = 0 if at_once else max(pause_after(attempts), asked_s)
        self._progress.failing = Failing(attempts, failing.since, now + pause)

    def _pass(self, job: Job) -> None:
        """Go on to what comes after an event."""
        if job.place is not None:
            self._progress.move(job.election, job.place)
            self._places[job.election] = job.place
            if job.stream == RESNAPSHOT:
                self._progress.put(_resnapshot(job.election), None)

    def _note(self, outcome: Outcome) -> None:
        self._progress.put("refused", time.time())
        self._progress.put("reason", outcome.said)


def with_skipped(content: bytes, sequences: Sequence[int]) -> bytes:
    """Return a tally with the numbers of those that were passed over before it, in the attribute ``skipped``."""
    if not sequences:
        return content
    return b'%b,"skipped":"%b"}' % (content.rstrip().removesuffix(b"}"), ",".join(map(str, sequences)).encode())


def resnapshot_event(election: str, cursor: Cursor) -> str:
    """Return the event that says that another history of an election has begun, and where it is."""
    event = {
        "specversion": "1.0",
        "id": f"{election}:{RESNAPSHOT}:{cursor}",
        "source": "/tallywire/webhooks",
        "type": RESNAPSHOT_TYPE,
        "subject": election,
        "datacontenttype": "application/json",
        "data": {
            "election": election,
            "cursor": str(cursor),
            "reason": "What was sent so far is of another history of this election, which a rebuild or the loss of a "
            "server has replaced. Take a snapshot at this cursor; events after it follow.",
        },
    }
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


def _resnapshot(election: str) -> str:
    return f"{RESNAPSHOT} {election}"


def _replayed_from(replay: Replay, history: History) -> Cursor | None:
    """Return the place from which on events are sent again; None where it is of another history."""
    if replay.stream:
        before = bisect_right(history.moments, replay.sequence - 1, key=lambda one: getattr(one.cursor, replay.stream))
        return history.moments[max(0, before - 1)].cursor
    if replay.cursor == "0":
        return history.moments[0].cursor
    cursor = Cursor.read(replay.cursor)
    return cursor if history.holds(cursor) else None
