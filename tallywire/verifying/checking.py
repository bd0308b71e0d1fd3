"""``tallywire verify https://...``: an election recomputed from what a publishing service serves, and that alone."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final

from schemas import RELEASE
from tallywire.client.errors import NotThereError, UsageError
from tallywire.evidence.checkpoint import Checkpoint, read_checkpoint
from tallywire.evidence.difference import Difference
from tallywire.evidence.signed_notes import NoteFault, Verifier
from tallywire.evidence.verification import Finding, Report, Shown, Trusted, verify
from tallywire.evidence.whole_ledger import LedgerProgress
from tallywire.publishing.following import State
from tallywire.verifying.published import Published
from tallywire.verifying.service import Answer, Now, Service, open_service, read_place

CLOCKS: Final = timedelta(minutes=15)
"""How far the clocks of signer, service and reader may be apart."""

_HEAD: Final = "checkpoint"

_REMEDY: Final = (
    "The service shows something else than what follows from its ledger, or the ledger was changed. Keep what it "
    "answers, verify again, have others verify, and ask who runs it. It is release {release}, this is {ours}: another "
    "release may write otherwise, so verify with that one first."
)
_REMEDY_SAME: Final = (
    "The service shows something else than what follows from its ledger, or the ledger was changed. Keep what it "
    "answers, verify again, have others verify, and ask who runs it."
)


@dataclass(frozen=True, slots=True)
class Known:
    """What whoever verifies knows from elsewhere."""

    trusted: Trusted
    """A signed head that was kept, and the operator's key."""
    verifier: Verifier | None
    """The key of whoever signs heads."""
    max_age: timedelta | None = None
    """How long ago the head that is shown may have been signed."""
    api_key: str | None = None
    """The API key, where the service asks for one."""


def check_service(url: str, election: str | None, known: Known, progress: LedgerProgress) -> Iterator[Finding]:
    """Check an election at a publishing service, or all of them.

    Args:
        url: of the service, or of an election there.
        election: the election, where the URL does not name it; None for all.
        known: what is known from elsewhere.
        progress: shown how far the reading is.

    Raises:
        UsageError: the URL is none, or not of a publishing service.
        NotThereError: there is no such election.
        NoServerError: the service cannot be reached, or not read to its end.
        RefusedError: it answers as no publishing service does, or the election has got another history meanwhile.
    """
    place = read_place(url, election)
    head = known.trusted.checkpoint
    if head is not None and place.election not in (None, head.election):
        raise UsageError(f"The signed head is of {head.election}, not of {place.election}.")
    wanted = place.election or (head.election if head is not None else None)
    with open_service(place.base, known.api_key) as service:
        listed = service.elections()
        if wanted is not None and wanted not in listed:
            raise NotThereError(f"There is no election {wanted} at {place.base}. There are: {', '.join(listed)}.")
        if not listed:
            raise NotThereError(f"There is no election at {place.base} yet.")
        for each in listed if wanted is None else [wanted]:
            yield _finding(service, each, known, progress)


def _finding(service: Service, election: str, known: Known, progress: LedgerProgress) -> Finding:
    now = service.now(election)
    try:
        deposited = _deposited(service.checkpoint(election), election, known)
        # Asked after the head, which is of no more entries than were shown then.
        now = service.now(election)
        return Finding(election, _checked(service, election, now, deposited, known, progress), None)
    except Difference as difference:
        if not difference.remedy:
            difference.remedy = _remedy(now)
        return Finding(election, None, difference)


def _checked(  # noqa: PLR0913, PLR0917  # all of it is told of the election
    service: Service,
    election: str,
    now: Now,
    deposited: Checkpoint | None,
    known: Known,
    progress: LedgerProgress,
) -> Report:
    witness = Published(service, election, now, deposited, progress)
    trusted = replace(known.trusted, checkpoint=known.trusted.checkpoint or deposited)
    report = verify(election, progress(election, now.cursor.ledger, witness.ledger()), witness, trusted)
    report.shown = Shown(
        cursor=str(now.cursor),
        release=now.release,
        pages=witness.pages,
        head_size=None if deposited is None else deposited.size,
        head_signed=None if deposited is None or deposited.signed_at is None else deposited.signed_at.isoformat(),
    )
    report.not_checked += _not_checked(report, now, known, deposited)
    return report


def _deposited(answer: Answer, election: str, known: Known) -> Checkpoint | None:
    """Return the signed head that is shown, if it is to be compared and its signature holds.

    Raises:
        Difference: it is not what was signed, or older than one that is known, or missing where no other is known.
    """
    kept = known.trusted.checkpoint
    if known.verifier is None:
        return None
    if answer.status == HTTPStatus.CONFLICT:
        raise Difference(_HEAD, answer.detail)
    if answer.status == HTTPStatus.NOT_FOUND:
        if kept is not None and known.max_age is None:
            return None
        what = "No signed head is shown, so that nothing vouches for the ledger: it may be another than it was."
        raise Difference(_HEAD, what, "a head signed with the key that you named")
    said = answer.json
    note = said.get("note") if isinstance(said, dict) else None
    try:
        head = read_checkpoint(str(note), known.verifier)
    except NoteFault as fault:
        raise Difference(_HEAD, f"The signed head {fault}.") from fault
    if head.election != election:
        raise Difference(_HEAD, "The signed head is another election's.", election, head.election)
    if said.get("size") != head.size:
        what = "What is said of the signed head is not what was signed."
        raise Difference(f"{_HEAD}, size", what, str(head.size), str(said.get("size"))[:80])
    if kept is not None and head.size < kept.size:
        what = "The signed head that is shown is older than the one that you have."
        raise Difference(_HEAD, what, f"{kept.size} entries or more", f"{head.size} entries")
    _compare_age(head, said.get("age_s"), known.max_age)
    return head


def _compare_age(head: Checkpoint, said: object, max_age: timedelta | None) -> None:
    if head.signed_at is None:
        if max_age is not None:
            raise Difference(_HEAD, "The signed head does not say when it was signed.")
        return
    age = datetime.now(UTC) - head.signed_at
    if isinstance(said, int) and abs(age - timedelta(seconds=said)) > CLOCKS:
        what = "Whoever signed the head has signed another time."
        raise Difference(f"{_HEAD}, age_s", what, str(int(age.total_seconds())), str(said))
    if max_age is not None and age > max_age:
        what = "The signed head is older than you allow: what came after it may have been changed."
        raise Difference(_HEAD, what, f"{max_age.total_seconds():.0f} s at most", f"{age.total_seconds():.0f} s")


def _not_checked(report: Report, now: Now, known: Known, deposited: Checkpoint | None) -> Iterator[str]:
    heads = [head.size for head in (known.trusted.checkpoint, deposited) if head is not None]
    if not heads:
        yield "that nobody has replaced the ledger as a whole: --public-key names the key of whoever signs its head"
    elif report.size > max(heads):
        after = report.size - max(heads)
        yield f"that the last {after:,} entries are those that were there first: no signed head has seen them yet"
    if known.verifier is not None and deposited is None:
        yield "a signed head shown by the service: it shows none"
    if now.state not in ("", State.LIVE.value):
        yield f"what has happened since: the service says that it is {now.state[:20]}"


def _remedy(now: Now) -> str:
    return _REMEDY_SAME if now.release == RELEASE else _REMEDY.format(release=now.release[:40], ours=RELEASE)
