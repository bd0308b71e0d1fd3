"""Verifying disturbs nobody, and nobody disturbs it."""

import json

from redis import Redis

from tests.tallywire.evidence.nights import ELECTION, changed, declarations, key, settle, tallywire


def test_a_night_that_goes_on_is_verified_at_any_moment(services: str, redis_client: Redis) -> None:
    """Declarations come in while the ledger is read: what was there at one moment agrees, each time."""
    recorded = [json.loads(line) for line in declarations()[:14]]
    assert tallywire(services, "election", "load", ELECTION).exit_code == 0
    sizes = []
    for revision in range(1, 41):
        with redis_client.pipeline(transaction=False) as feed:
            for event in recorded:
                feed.xadd(key("declarations"), {"data": changed(event, revision=revision)})
            feed.execute()
        if revision % 4 == 0:
            done = tallywire(services, "verify", "--json")
            assert done.exit_code == 0, done.output
            sizes.append(json.loads(done.stdout)["size"])
    settle(services)
    assert sizes == sorted(sizes)
    done = tallywire(services, "verify", "--json")
    assert (done.exit_code, json.loads(done.stdout)["size"]) == (0, 1 + 40 * len(recorded))
