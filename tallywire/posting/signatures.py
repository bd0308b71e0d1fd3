"""Signatures of what is posted: looked at before anything is appended, by the rule with which ingest judges them.

What fails here is answered and not appended: nobody without a key can fill the server's disk.
"""

from typing import Final, cast

from redis.asyncio import Redis

from schemas.signatures import read_signature
from services.ingest.rules.keyring import check_signature
from services.ingest.rules.reasons.faults import Fault, reasons_for
from services.ingest.rules.signed_state import KEYS, EnrolledKey
from streams.keys import Partition
from streams.servers import Servers
from tallywire.client.turned_away import LASTS_S, TURNED_AWAY, TURNED_AWAY_MAX
from tallywire.web.problems import NotTaken, Problem

HEADER: Final = "Tallywire-Signature"
"""The header that carries the signature: the same string as the field of a stream and the line of a file."""


async def require_signature(
    servers: "Servers[Redis]", election: str, content: bytes, signature: str | None
) -> str | None:
    """Return the key that has signed a message; None where the election does not ask for signatures.

    Raises:
        NotTaken: there is no signature that holds.
        RedisError: the server does not say which keys there are.
    """
    key = Partition(election).key(KEYS)
    read = None if signature is None else read_signature(signature)
    pipeline = (await servers.current(key)).pipeline(transaction=False)
    pipeline.hlen(key)
    pipeline.hget(key, "" if read is None else read.key_id)
    enrolled, stored = cast("tuple[int, bytes | None]", tuple(await pipeline.execute()))
    if not enrolled:
        return None
    keys = {} if read is None or stored is None else {read.key_id: EnrolledKey.decode(stored)}
    found = check_signature({b"data": content, b"signature": (signature or "").encode()}, keys)
    if isinstance(found, Fault):
        reasons = reasons_for([found])
        raise NotTaken(
            Problem(title="Not signed", status=401, detail=reasons[0].message, reasons=reasons),
            {"WWW-Authenticate": HEADER},
        )
    return found.key_id


async def note_turned_away(servers: "Servers[Redis]", election: str, address: str, why: NotTaken) -> None:
    """Keep who was turned away and why, for the desk to see: the last thousand, for a day.

    Raises:
        RedisError: the server does not keep it.
    """
    key = Partition(election).key(TURNED_AWAY)
    pipeline = (await servers.current(key)).pipeline(transaction=False)
    for reason in why.problem.reasons:
        pipeline.xadd(key, {"address": address, "code": reason.code}, maxlen=TURNED_AWAY_MAX)
    pipeline.expire(key, LASTS_S)
    await pipeline.execute()
