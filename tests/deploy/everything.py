"""``python -m tests.deploy.everything``: a line for each shipped pack, with a digest of all the services make of it."""

import sys
from collections.abc import Sequence
from hashlib import sha256

from tallywire.client.messages import register_event
from tallywire.packs.pack import bundled_packs, read_pack
from tests.oracle.playing import aggregate, ingest, notify


def digest(election: str, sent: Sequence[bytes]) -> str:
    """Return a digest of every event and every record that the three services write, in memory."""
    stages = {"ledger": ingest(election), "results": aggregate(election), "headlines": notify(election)}
    found, events = sha256(), sent
    for stream, stage in stages.items():
        stage.take(events)
        events = stage.written[stream]
        for name, written in sorted(stage.written.items()):
            found.update(b"\n".join([name.encode(), *written]))
        for (table, field), record in sorted(stage.records.items()):
            found.update(b"\n".join([table.encode(), field.encode(), record]))
    return found.hexdigest()


if __name__ == "__main__":
    for election, path in sorted(bundled_packs().items()):
        pack = read_pack(path)
        sent = [register_event(pack.register, pack.register_bytes), *pack.declarations]
        sys.stdout.write(f"{election} {digest(election, sent)}\n")
