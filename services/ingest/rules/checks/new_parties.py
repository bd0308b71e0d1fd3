"""Parties that an amendment adds: who stands or sits for one that the register does not have needs it there."""

from collections.abc import Iterator

from schemas.register import Register
from services.ingest.rules.event.readable import Readable
from services.ingest.rules.limits import PARTIES_MAX
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.reasons.wording import DidYouMean, Shown, path_of

_AT = ("data", "parties")


def check_new_parties(sent: Readable, register: Register) -> Iterator[Fault]:
    """Each is new, and counts as itself or as a main party; no register has more than it may have."""
    added = sent.members(*_AT)
    if not added:
        return
    mains = [party for party, known in register.parties.items() if known.counts_as is None]
    mains += [party for party in added if party not in register.parties and not sent.text(*_AT, party, "counts_as")]
    for party in added:
        if party in register.parties:
            yield fault("amendment.party_exists", *_AT, party, value=Shown(party))
        main = sent.text(*_AT, party, "counts_as")
        if main is not None and main not in mains:
            loc = (*_AT, party, "counts_as")
            facts = {"place": f"{path_of(loc)} is", "value": Shown(main), "hint": DidYouMean(main, mains)}
            yield fault("amendment.no_main_party", *loc, **facts)
    size = len(register.parties.keys() | added.keys())
    if size > PARTIES_MAX:
        place, limit = path_of(_AT), f"{PARTIES_MAX:,}"
        yield fault("register.too_many", *_AT, place=place, size=f"{size:,}", limit=limit)
