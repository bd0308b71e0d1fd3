"""A contest under review: what holds on the ledger do to results, tallies and control."""

from typing import Any

from schemas.declaration import DeclarationKind
from schemas.events import AmendmentEvent, DeclarationEvent, LedgerEvent
from schemas.hold import Decision
from schemas.register import Amendment, Baseline, Baselines, Body, Candidate, Contest, Holder
from services.aggregate.rules.review import Review
from services.aggregate.service import WIRING, aggregate_ledger
from tests.services.events import ACCEPTED, confirmation_event, declaration_event, hold_event, register_event
from tests.services.folding import Written, aggregate_and_notify, run_stage, with_restarts, without_restarts
from tests.services.ingest.signed_election import OFFICER, SECOND, SignedElection, confirmation
from tests.services.ingest.signed_election import declared as sent
from tests.services.registers import NEWTOWN, TESTSHIRE, synthetic_contest, synthetic_register

LOADED = register_event(synthetic_register()).model_copy(update={"groupend": True})
LAB = {"ann-example": 20_000, "bob-sample": 21_000, "cay-specimen": 9_000}
CON = {"ann-example": 22_000, "bob-sample": 21_000, "cay-specimen": 9_000}


def declared(votes: dict[str, int], revision: int, sequence: int, *, confirmed: bool = False) -> DeclarationEvent:
    """Return a signed declaration of Testshire."""
    signed: dict[str, str] = {"signature": "synthetic", "person": "rita"}
    signed |= {"confirmedby": "sam"} if confirmed else {}
    return declaration_event(TESTSHIRE, votes, revision=revision, sequence=sequence).model_copy(update=signed)


FIRST = declared(LAB, 1, 2)
HELD = hold_event(TESTSHIRE, revision=2, sequence=3)


def story(written: Written) -> list[tuple[int, bool]]:
    """Return the revision of each result, and whether it is under review."""
    return [(result["revision"], result.get("under_review", False)) for result in written.data("results")]


def tallied(written: Written, region: str = "uk") -> list[tuple[int, int]]:
    """Return of each tally of a region how many contests count, and how many are under review."""
    tallies = (tally for tally in written.data("tallies") if tally["region"] == region)
    return [(tally["declared"], tally.get("under_review", 0)) for tally in tallies]


def same_after_restarts(ledger: list[LedgerEvent]) -> bool:
    """Whether aggregate writes the same when it is started anew before every entry."""
    events = [event.encode() for event in ledger]
    return with_restarts(WIRING, aggregate_ledger, events) == without_restarts(WIRING, aggregate_ledger, events)


def test_a_rejected_correction_leaves_the_result_as_it_was() -> None:
    """Promise: a result under review stands and counts, tallies say how many are; when it is rejected all is as before.

    The result that says so has an id by the hold, names the one before, and differs in nothing else.
    """
    decisions: tuple[Decision, ...] = ("reject", "return")
    for decision in decisions:
        ledger: list[LedgerEvent] = [LOADED, FIRST, HELD, confirmation_event(TESTSHIRE, decision, hold=3, sequence=4)]
        written = aggregate_and_notify(ledger)
        before, under_review, after = written.streams["results"]
        assert story(written) == [(1, False), (1, True), (1, False)]
        assert tallied(written) == [(0, 0), (1, 0), (1, 1), (1, 0)]
        assert tallied(written, "north-testing") == tallied(written)
        assert [one["changed"] for one in written.data("tallies") if one["region"] == "uk"] == [[], *[[TESTSHIRE]] * 3]
        assert under_review["id"] == f"{TESTSHIRE}:result:3"
        assert under_review["data"]["supersedes"]["event_id"] == before["id"]
        assert after["data"]["supersedes"]["under_review"] is True
        assert _but_for_review(before) == _but_for_review(under_review) == _but_for_review(after)
        assert same_after_restarts(ledger)


def _but_for_review(event: dict[str, Any]) -> dict[str, Any]:
    left_out = {"under_review", "supersedes", "progress"}
    return {name: value for name, value in event["data"].items() if name not in left_out}


def test_a_confirmed_correction_ends_the_review_with_its_result() -> None:
    """Promise: nobody sees a review end before the correction: one result says both, and who reads on knows of both."""
    ledger: list[LedgerEvent] = [
        LOADED,
        FIRST,
        HELD,
        confirmation_event(TESTSHIRE, "confirm", hold=3, sequence=4, group_end=None),
        declared(CON, 2, 5, confirmed=True),
    ]
    written = aggregate_and_notify(ledger)
    assert story(written) == [(1, False), (1, True), (2, False)]
    assert [event["id"] for event in written.streams["results"]] == [f"{TESTSHIRE}:result:{n}" for n in (2, 3, 5)]
    assert tallied(written) == [(0, 0), (1, 0), (1, 1), (1, 0)]
    assert [(result["signed"], result.get("confirmed")) for result in written.data("results")] == [
        *((True, None),) * 2,
        (True, True),
    ]
    assert same_after_restarts(ledger)


def test_a_higher_revision_ends_the_review() -> None:
    """Promise: what was held is overtaken; nothing else has to be on the ledger for that."""
    for votes in (LAB, CON):
        ledger: list[LedgerEvent] = [LOADED, FIRST, HELD, declared(votes, 3, 4)]
        written = aggregate_and_notify(ledger)
        assert story(written) == [(1, False), (1, True), (3, False)]
        assert same_after_restarts(ledger)


def test_of_two_holds_the_last_one_ends_the_review() -> None:
    """Promise: a contest is under review while one of its holds is open, whichever ends first."""
    second = hold_event(TESTSHIRE, revision=3, sequence=4)
    for first, last in ((3, 4), (4, 3)):
        rejected = confirmation_event(TESTSHIRE, "reject", hold=first, sequence=5)
        returned = confirmation_event(TESTSHIRE, "return", hold=last, sequence=6)
        ledger: list[LedgerEvent] = [LOADED, FIRST, HELD, second, rejected, returned]
        written = aggregate_and_notify(ledger)
        assert story(written) == [(1, False), (1, True), (1, False)]
        assert [event["id"] for event in written.streams["results"]][-1] == f"{TESTSHIRE}:result:6"
        assert same_after_restarts(ledger)
    confirmed: list[LedgerEvent] = [
        confirmation_event(TESTSHIRE, "confirm", hold=3, sequence=5, group_end=None),
        declared(CON, 2, 6, confirmed=True),
    ]
    assert story(aggregate_and_notify([LOADED, FIRST, HELD, second, *confirmed])) == [(1, False), (1, True), (2, True)]


def test_a_hold_that_changes_no_winner_publishes_nothing() -> None:
    """Promise: nothing says that something waits, nor when: no result, tally or headline, at its start or end."""
    hold = hold_event(TESTSHIRE, revision=2, sequence=3, under_review=False)
    written = aggregate_and_notify([LOADED, FIRST])
    decisions: tuple[Decision, ...] = ("reject", "return", "confirm")
    for decision in decisions:
        decided = confirmation_event(TESTSHIRE, decision, hold=3, sequence=4)
        assert aggregate_and_notify([LOADED, FIRST, hold, decided]).raw == written.raw
    before_any_result: list[LedgerEvent] = [LOADED, hold_event(TESTSHIRE, revision=1, sequence=2)]
    assert aggregate_and_notify(before_any_result).raw == aggregate_and_notify([LOADED]).raw


def test_what_elects_nobody_is_never_under_review() -> None:
    """Promise: with a withdrawal no winner stands that could be in doubt; one that is declared again may be."""
    kinds: tuple[DeclarationKind, ...] = ("withdrawn", "recount", "postponed")
    waiting = hold_event(TESTSHIRE, revision=4, sequence=3)
    for kind in kinds:
        reason = None if kind == "recount" else "Synthetic reason"
        gone = declaration_event(TESTSHIRE, None, revision=2, sequence=4, kind=kind, reason=reason)
        written = aggregate_and_notify([LOADED, FIRST, waiting, gone, declared(LAB, 3, 5)])
        assert story(written) == [(1, False), (1, True), (2, False), (3, True)]
        assert tallied(written)[-3:] == [(1, 1), (0, 0), (1, 1)]


def test_a_review_ends_by_what_is_decided_and_by_nothing_else() -> None:
    """Promise: an amendment leaves it as it is; other results say how many are under review in their regions."""
    amendment = AmendmentEvent(
        id="amendment",
        source="/synthetic",
        subject=TESTSHIRE,
        acceptedtime=ACCEPTED,
        sequence=4,
        data=Amendment(ballot_id=TESTSHIRE, electorate=120_000),
    )
    newtown = declaration_event(NEWTOWN, {"gus-draft": 300, "hal-proof": 100}, sequence=5)
    ledger: list[LedgerEvent] = [LOADED, FIRST, HELD, amendment, newtown]
    written = aggregate_and_notify(ledger)
    assert story(written) == [(1, False), (1, True), (1, True), (1, False)]
    progress = {each["region"]: each.get("under_review", 0) for each in written.last("results", NEWTOWN)["progress"]}
    assert progress == {"england": 1, "north-testing": 1, "uk": 1}
    assert same_after_restarts(ledger)


def test_control_says_how_many_contests_are_under_review() -> None:
    """Promise: seats of a ward under review are counted as they stand, and the council's control says that it is."""
    ward = "local.testing.abbey.2030-05-02"
    held = Baseline(seats=(Holder(party="PP53"),))
    contest: Contest = synthetic_contest(
        name="Abbey",
        body="testing",
        regions=(),
        candidates={"ann": Candidate(name="Ann Example", party="PP52"), "bob": Candidate(name="Bob", party="PP53")},
        baseline=Baselines(previous_election=held, sitting=held),
    )
    council = Body(name="Testing", seats=1, before={"PP53": 1}, control_before="PP53")
    register = synthetic_register(
        election="local.2030-05-02", contests={ward: contest}, bodies={"testing": council}, regions={}
    )
    ledger: list[LedgerEvent] = [
        register_event(register),
        declaration_event(ward, {"ann": 1, "bob": 2}, sequence=2),
        hold_event(ward, sequence=3),
        confirmation_event(ward, "confirm", hold=3, sequence=4, group_end=None),
        declaration_event(ward, {"ann": 3, "bob": 2}, revision=2, sequence=5),
    ]
    states = [state for state in aggregate_and_notify(ledger).data("results") if "majority" in state and "now" in state]
    assert [(state["now"], state.get("under_review", 0)) for state in states] == [
        (None, 0),
        ("PP53", 0),
        ("PP53", 1),
        ("PP52", 0),
    ]
    assert states[2]["cause"] == ward


def test_what_ingest_holds_shows_nowhere_until_it_is_confirmed() -> None:
    """Promise: from the hold to the decision nothing is published; then the result says that two people said so."""
    night = SignedElection()
    night.post(OFFICER, sent("declared-1"))
    before = _aggregated(night.ledger)
    place = night.hold("declared-2", revision=2, elected=["bob-sample"], papers=62_000)
    assert _aggregated(night.ledger).raw == before.raw
    assert night.post(SECOND, confirmation("confirm", place)).status == "accepted"
    results = _aggregated(night.ledger).data("results")
    assert [(one["revision"], one["signed"], one.get("confirmed", False)) for one in results] == [
        (1, True, False),
        (2, True, True),
    ]


def _aggregated(ledger: list[bytes]) -> Written:
    written = Written()
    run_stage(WIRING, aggregate_ledger, ledger, written)
    return written


def test_reviews_are_stored_as_pairs() -> None:
    """Promise: what is stored is what is read; anything else is called unreadable."""
    review = Review({3: 2, 7: 4})
    assert Review.decode(review.encode()) == review
    for garbage in (b"3", b"[3]", b'{"a":', b"[[1,null]]"):
        try:
            Review.decode(garbage)
        except ValueError:
            continue
        raise AssertionError(garbage)
