"""The worker of webhooks is killed, frozen and joined by others, in the middle of a night."""

from typing import Final

from tallywire.operations.health import check_health
from tests.pipeline.hooks import Hooks, in_order, require_everything
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.receiver import Receiver
from tests.waiting import wait_until

NIGHT: Final = night(43, contests=10, declarations=24)


def await_attempts(hooks: Hooks, count: int) -> None:
    """Wait until an event has been tried so often."""
    wait_until(
        lambda: any(one.attempts >= count for one in hooks.listed().progress.failed()),
        deadline_s=60,
        what=f"{count} attempts",
    )


def test_a_worker_that_is_killed_repeats_one_event_at_most(pipeline: Pipeline, hooks: Hooks) -> None:
    """Promise: after each kill -9 the next worker goes on where it was: all events, in order, ids as before."""
    kills = 0
    pipeline.start_all()
    centre = pipeline.open(NIGHT)
    with Receiver() as receiver:
        hooks.add(receiver)
        worker = hooks.start()
        for place in range(0, len(NIGHT.declarations), 4):
            centre.send(NIGHT.declarations[place : place + 4])
            receiver.await_posts(len(receiver.posts) + 1)
            hooks.kill(worker)
            kills += 1
            worker = hooks.start()
        centre.settle()
        hooks.await_all()
        require_everything(pipeline, NIGHT.election, receiver)
        for stream in ("results", "headlines"):
            assert in_order(receiver.sequences(stream)), stream
        assert len(receiver.taken) - len({post.id for post in receiver.taken}) <= kills
        by_event = {(post.stream, post.event["sequence"]): post.id for post in receiver.taken}
        assert all(by_event[post.stream, post.event["sequence"]] == post.id for post in receiver.taken)
        assert worker.end() == 0


def test_how_often_it_was_tried_outlives_the_worker(pipeline: Pipeline, hooks: Hooks) -> None:
    """Promise: the schedule of an event that fails goes on after a kill, and does not begin anew."""
    pipeline.start_all()
    pipeline.open(NIGHT).send(NIGHT.declarations)
    with Receiver(lambda _: 503) as receiver:
        hooks.add(receiver)
        for attempts in (3, 6):
            worker = hooks.start()
            await_attempts(hooks, attempts)
            hooks.kill(worker)


def test_of_two_workers_one_sends_and_the_other_takes_over(pipeline: Pipeline, hooks: Hooks) -> None:
    """Promise: with two at work nothing is sent twice; when the leader dies, the other goes on by itself."""
    pipeline.start_all()
    centre = pipeline.open(NIGHT)
    half = len(NIGHT.declarations) // 2
    with Receiver() as receiver:
        hooks.add(receiver)
        leader = hooks.start()
        leader.await_saying("webhooks.leading")
        standing_by = hooks.start()
        standing_by.await_saying("service.started")
        centre.send(NIGHT.declarations[:half])
        centre.settle()
        hooks.await_all()
        assert len({post.id for post in receiver.taken}) == len(receiver.taken)
        hooks.kill(leader)
        centre.send(NIGHT.declarations[half:])
        centre.settle()
        hooks.await_all()
        require_everything(pipeline, NIGHT.election, receiver)


def test_a_worker_that_was_frozen_sends_nothing_once_another_leads(pipeline: Pipeline, hooks: Hooks) -> None:
    """Promise: a leader that wakes up after its time does not write over what its successor has done."""
    pipeline.start_all()
    centre = pipeline.open(NIGHT)
    with Receiver() as receiver:
        hooks.add(receiver)
        frozen = hooks.start(worker__LEASE_S=1)
        frozen.await_saying("webhooks.leading")
        frozen.freeze()
        hooks.start().await_saying("webhooks.leading")
        centre.send(NIGHT.declarations)
        centre.settle()
        hooks.await_all()
        frozen.thaw()
        wait_until(lambda: not frozen.frozen, what="it to go on")
        assert frozen.end() == 0
        hooks.await_all()
        assert len({post.id for post in receiver.taken}) == len(receiver.taken)


def test_it_ends_in_order_and_says_how_it_is(pipeline: Pipeline, hooks: Hooks) -> None:
    """Promise: health knows it; asked to end while a receiver keeps it waiting, it ends with 0, and another leads."""
    pipeline.start_all()
    pipeline.open(NIGHT).send(NIGHT.declarations)
    with Receiver(lambda _: "silence") as receiver:
        hooks.add(receiver)
        worker = hooks.start()
        receiver.await_posts(1)
        wait_until(lambda: check_health(pipeline.server.url, "webhooks").ok, what="it to be well")
        assert worker.end(5) == 0
        hooks.start(worker__LEASE_S=1_000).await_saying("webhooks.leading")
