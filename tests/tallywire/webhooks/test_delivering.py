"""Webhooks of a real worker to real receivers, while a night is played and things go wrong."""

from collections.abc import Callable
from typing import Final

import pytest

from tallywire.client.connection import open_connection
from tallywire.evidence.rebuild import delete_derived
from tallywire.webhooks import administration
from tests.pipeline.hooks import Hooks, in_order, published, require_everything
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.receiver import Answer, Post, Receiver
from tests.waiting import wait_until

NIGHT: Final = night(41, contests=10, declarations=24)
ELECTION: Final = NIGHT.election


def failing(*answers: Answer) -> Callable[[Post], Answer]:
    """Return a behaviour: these answers one after another, and then success."""
    left = list(answers)
    return lambda _: left.pop(0) if left else 204


def test_every_event_arrives_signed_and_as_it_was_published(pipeline: Pipeline, hooks: Hooks) -> None:
    """Promise: an endpoint that takes all gets every event once, in order, byte for byte, with a signature."""
    with Receiver() as receiver:
        secret = hooks.add(receiver).secrets[0].text
        hooks.start()
        pipeline.play(NIGHT)
        hooks.await_all()
        require_everything(pipeline, ELECTION, receiver)
        for stream in ("results", "tallies", "headlines"):
            assert receiver.sequences(stream) == sorted(set(receiver.sequences(stream))), stream
        assert [post.body for post in receiver.taken if post.stream == "headlines"] == published(
            pipeline, ELECTION, "headlines"
        )
        assert all(post.signed_with(secret) for post in receiver.taken)
        assert receiver.taken[-1].headers["tallywire-cursor"].startswith("l")


def test_an_endpoint_that_is_behind_gets_the_newest_tally_and_the_numbers_of_the_others(
    pipeline: Pipeline, hooks: Hooks
) -> None:
    """Promise: of a region's tallies only the newest is sent late, and names those that were passed over."""
    pipeline.play(NIGHT)
    with Receiver() as receiver:
        hooks.add(receiver)
        hooks.start()
        hooks.await_all()
        require_everything(pipeline, ELECTION, receiver)
        tallies = [post.event for post in receiver.taken if post.stream == "tallies"]
        assert (
            len({tally["subject"] for tally in tallies}) == len(tallies) < len(published(pipeline, ELECTION, "tallies"))
        )


def test_filters_select_as_they_do_for_feeds(pipeline: Pipeline, hooks: Hooks) -> None:
    """Promise: an endpoint gets what its filter selects and nothing else."""
    pipeline.play(NIGHT)
    with Receiver() as receiver:
        hooks.add(receiver, parameters=(("type", "headline"), ("priority", "2")))
        hooks.start()
        hooks.await_all()
        assert receiver.taken
        assert all(post.event["data"]["priority"] <= 2 for post in receiver.taken)


def test_an_endpoint_begins_with_what_happens_after_it_was_added(pipeline: Pipeline, hooks: Hooks) -> None:
    """Promise: what was published before is not sent, what is published while no worker runs is."""
    pipeline.start_all()
    centre = pipeline.open(NIGHT)
    centre.send(NIGHT.declarations[:-1])
    centre.settle()
    before = len(published(pipeline, ELECTION, "results"))
    with Receiver() as receiver:
        hooks.add(receiver, from_start=False)
        centre.send(NIGHT.declarations[-1:])
        centre.settle()
        hooks.start()
        hooks.await_all()
        assert receiver.sequences("results") == list(
            range(before + 1, len(published(pipeline, ELECTION, "results")) + 1)
        )


@pytest.mark.parametrize("answer", [500, "hang up", "silence", 503, 302])
def test_what_is_not_taken_is_sent_again_under_the_same_id(pipeline: Pipeline, hooks: Hooks, answer: Answer) -> None:
    """Promise: an event is sent until it is taken, with one id and the others behind it."""
    pipeline.play(NIGHT)
    with Receiver(failing(answer, answer)) as receiver:
        hooks.add(receiver)
        hooks.start(**({"sending__ATTEMPT_S": 0.5} if answer == "silence" else {}))
        hooks.await_all()
        require_everything(pipeline, ELECTION, receiver)
        assert len({post.id for post in receiver.posts[:3]}) == 1
        assert in_order(receiver.sequences("results"))


def test_a_receiver_that_answers_and_never_ends_has_taken_it(pipeline: Pipeline, hooks: Hooks) -> None:
    """Promise: 200 is 200, whatever comes after it."""
    pipeline.play(NIGHT)
    with Receiver(failing("no end", "no end")) as receiver:
        hooks.add(receiver)
        hooks.start()
        hooks.await_all()
        assert len({post.id for post in receiver.posts}) == len(receiver.posts)


def test_a_receiver_that_answers_410_gets_nothing_more_until_it_is_resumed(pipeline: Pipeline, hooks: Hooks) -> None:
    """Promise: 410 stops an endpoint at once, and the operator sees it; resumed, it goes on from its place."""
    pipeline.play(NIGHT)
    with Receiver(failing(204, 410)) as receiver:
        hooks.add(receiver)
        hooks.start()
        wait_until(lambda: hooks.listed().state == "stopped", what="the endpoint to be stopped")
        assert len(receiver.posts) == 2
        assert "410" in str(hooks.listed().progress.get("reason"))
        hooks.do(administration.resume, "one")
        hooks.await_all()
        require_everything(pipeline, ELECTION, receiver)


def test_a_slow_endpoint_delays_nobody(pipeline: Pipeline, hooks: Hooks) -> None:
    """Promise: while one endpoint does not answer, the others get everything."""
    with Receiver(lambda _: "silence") as slow, Receiver() as fast:
        hooks.add(slow, "slow")
        hooks.add(fast, "fast")
        hooks.start()
        pipeline.play(NIGHT)
        hooks.await_all("fast")
        require_everything(pipeline, ELECTION, fast)
        assert len(slow.posts) == 1


def test_an_event_that_a_receiver_cannot_take_is_set_aside(pipeline: Pipeline, hooks: Hooks) -> None:
    """Promise: a receiver that fails on one event gets the others, and that one by itself, until a night is over.

    Then it is parked and shown; the operator has it sent again.
    """
    bad = 3
    mended: list[bool] = []

    def behave(post: Post) -> Answer:
        poison = post.stream == "results" and post.event["sequence"] == bad
        return 500 if poison and not mended else 204

    pipeline.play(NIGHT)
    with Receiver(behave) as receiver:
        hooks.add(receiver)
        hooks.start(schedule__NIGHT_S=0.3)
        wait_until(lambda: list(hooks.listed().progress.failed("parked")), what="the event to be parked")
        wait_until(lambda: not any(hooks.listed().behind.values()), what="the others to be taken")
        (parked,) = hooks.listed().progress.failed("parked")
        assert (parked.stream, parked.sequence, "500" in parked.reason) == ("results", bad, True)
        last = max(place for place, post in enumerate(receiver.posts) if behave(post) == 500)
        others = [post.event["sequence"] for post in receiver.posts[:last] if post.stream == "results"]
        assert max(others) > bad, "the others have waited behind it"
        mended.append(True)
        hooks.replay()
        hooks.await_all()
        require_everything(pipeline, ELECTION, receiver)


def test_an_endpoint_that_is_away_for_longer_than_a_night_goes_on_with_what_is_not_parked(
    pipeline: Pipeline, hooks: Hooks
) -> None:
    """Promise: what was tried for a night is parked and shown; the rest comes once the endpoint is back."""
    back: list[bool] = []
    pipeline.play(NIGHT)
    with Receiver(lambda _: 204 if back else "hang up") as receiver:
        hooks.add(receiver)
        hooks.start(schedule__NIGHT_S=0.3)
        wait_until(lambda: list(hooks.listed().progress.failed("parked")), what="the first event to be parked")
        assert hooks.listed().state == "failing"
        back.append(True)
        wait_until(lambda: not any(hooks.listed().behind.values()), what="the rest to be taken")
        hooks.replay()
        hooks.await_all()
        require_everything(pipeline, ELECTION, receiver)


def test_from_a_cursor_or_an_event_on_it_is_sent_again(pipeline: Pipeline, hooks: Hooks) -> None:
    """Promise: a receiver that has lost something gets it again, with the ids that it had."""
    pipeline.play(NIGHT)
    with Receiver() as receiver:
        hooks.add(receiver)
        hooks.start()
        hooks.await_all()
        first = list(receiver.taken)
        middle = first[len(first) // 2]
        for asked in ({"stream": "results", "sequence": 5}, {"cursor": middle.headers["tallywire-cursor"]}):
            receiver.taken.clear()
            hooks.replay(election=ELECTION, **asked)
            wait_until(
                lambda: first[-1].id in [post.id for post in receiver.taken],
                deadline_s=60,
                what="the last event once more",
            )
            hooks.await_all()
            ids = [post.id for post in receiver.taken]
            assert set(ids) <= {post.id for post in first}
            if "stream" in asked:
                assert set(range(5, len(published(pipeline, ELECTION, "results")) + 1)) <= set(
                    receiver.sequences("results")
                )
            else:
                assert ids == [post.id for post in first[len(first) // 2 + 1 :]]


def test_while_a_secret_is_changed_both_are_good(pipeline: Pipeline, hooks: Hooks) -> None:
    """Promise: during the overlap each event is signed with the old secret and with the new one, afterwards not."""
    with Receiver() as receiver:
        old = hooks.add(receiver).secrets[0].text
        new = hooks.do(administration.rotate, "one", 3_600.0).secrets[0].text
        hooks.start()
        pipeline.play(NIGHT)
        hooks.await_all()
        assert all(post.signed_with(old) and post.signed_with(new) for post in receiver.taken)
        newest = hooks.do(administration.rotate, "one", 0.0).secrets[0].text
        receiver.taken.clear()
        hooks.replay(election=ELECTION, cursor="0")
        receiver.await_taken(1)
        assert receiver.taken[0].signed_with(newest)
        assert not receiver.taken[0].signed_with(old)
        assert not receiver.taken[0].signed_with(new)


def test_a_paused_endpoint_keeps_its_place(pipeline: Pipeline, hooks: Hooks) -> None:
    """Promise: paused, it gets nothing; resumed, everything that happened meanwhile."""
    with Receiver() as receiver, Receiver() as other:
        hooks.add(receiver)
        hooks.add(other, "other")
        hooks.do(administration.pause, "one")
        hooks.start()
        pipeline.play(NIGHT)
        hooks.await_all("other")
        assert (receiver.posts, hooks.listed().state) == ([], "paused")
        hooks.do(administration.resume, "one")
        hooks.await_all()
        require_everything(pipeline, ELECTION, receiver)


def test_a_removed_endpoint_gets_nothing_and_leaves_nothing(pipeline: Pipeline, hooks: Hooks) -> None:
    """Promise: after `remove` its secret and its place are gone; added again, it begins anew."""
    with Receiver() as receiver:
        hooks.add(receiver)
        hooks.start()
        pipeline.play(NIGHT)
        hooks.await_all()
        hooks.do(administration.remove, "one")
        key = "tallywire:webhooks:"
        wait_until(lambda: pipeline.client.keys(f"{key}*") == [f"{key}lead".encode()], what="all to be gone")


def test_another_history_is_told_before_anything_of_it_is_sent(pipeline: Pipeline, hooks: Hooks) -> None:
    """Promise: a receiver whose events are void, because the streams were replaced, is told to take a snapshot."""
    pipeline.play(NIGHT)
    with Receiver() as receiver:
        hooks.add(receiver)
        worker = hooks.start()
        hooks.await_all()
        assert worker.end() == 0
        key = next(iter(pipeline.client.keys("tallywire:webhooks:progress:*")))
        other = pipeline.client.hget(key, f"cursor {ELECTION}")[:-8] + b"00000000"
        pipeline.client.hset(key, f"cursor {ELECTION}", other)
        receiver.taken.clear()
        receiver.behave = failing(500)
        hooks.start()
        receiver.await_taken(1)
        told = [post for post in receiver.posts if post.event["type"] == "tallywire.resnapshot.v1"]
        assert len(told) == 2
        assert len({post.id for post in told}) == 1
        assert receiver.taken[0].event["data"]["election"] == ELECTION
        assert receiver.taken[0].event["data"]["cursor"] == str(hooks.listed().progress.cursor(ELECTION))


def test_a_rebuild_that_derives_the_same_is_not_noticed(pipeline: Pipeline, hooks: Hooks) -> None:
    """Promise: after a rebuild with the same bytes nothing is sent twice, and what comes next is."""
    with Receiver() as receiver:
        hooks.add(receiver)
        hooks.start()
        pipeline.start_all()
        centre = pipeline.open(NIGHT)
        centre.send(NIGHT.declarations[:-1])
        centre.settle()
        hooks.await_all()
        for service in (*pipeline.services.alive("aggregate"), *pipeline.services.alive("notify")):
            service.end()
        with open_connection(pipeline.server.url) as connection:
            delete_derived(connection, ELECTION)
        pipeline.start("aggregate")
        pipeline.start("notify")
        centre.send(NIGHT.declarations[-1:])
        centre.settle()
        hooks.await_all()
        require_everything(pipeline, ELECTION, receiver)
        assert len({post.id for post in receiver.taken}) == len(receiver.taken)
