"""Beginning a sandbox anew, while services work on it."""

import secrets

from schemas.rehearsals import is_sandbox
from schemas.streams import DECLARATIONS
from streams.commit import FORM, READ
from streams.fold import START
from streams.keys import Partition
from tallywire.client.connection import Connection
from tallywire.client.errors import RefusedError
from tallywire.evidence.election_keys import PARTS, keys
from tallywire.evidence.replay import STAGES


def begin_anew(connection: Connection, election: str) -> None:
    """Empty a sandbox in one step. Services that run on it go on with the first entry that comes.

    Each stage is left a mark that no worker has written: whoever leads is kept from committing by the fence, as if
    another worker had been first, and reads the state anew, of which there is none. Without a mark it would take the
    server for one that has lost everything, and end.

    Raises:
        RefusedError: the election is no sandbox.
    """
    if not is_sandbox(election):
        raise RefusedError(f"{election} is no sandbox: nothing of it is deleted.")
    partition = Partition(election)
    with connection.at(election).pipeline(transaction=True) as step:
        step.unlink(partition.key(DECLARATIONS.name), *keys(election, PARTS))
        for wiring in STAGES:
            mark = {"cursor": START, "token": secrets.token_hex(8), FORM: wiring.form}
            if wiring.numbered_by is not None:
                mark[READ] = f"0 {START}"
            step.hset(partition.key(wiring.stage), mapping=mark)
        step.execute()
