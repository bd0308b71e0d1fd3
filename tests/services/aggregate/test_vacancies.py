"""A vacancy that was filled: who sits now is another, and what was said against the eve of poll is corrected."""

from typing import Any

from schemas.events import AmendmentEvent, DeclarationEvent
from schemas.register import Amendment, Register
from services.aggregate.service import WIRING, aggregate_ledger
from tests.oracle.agreeing import disagreements
from tests.oracle.playing import aggregate
from tests.services.events import ACCEPTED, declaration_event, register_event
from tests.services.folding import Written, aggregate_and_notify, with_restarts, without_restarts
from tests.services.registers import ELECTION, TESTSHIRE, synthetic_contest, synthetic_register

REGISTER = synthetic_register(headline_baseline="sitting")
LABOUR_WINS = declaration_event(TESTSHIRE, {"ann-example": 20_000, "bob-sample": 30_000, "cay-specimen": 5_000})


def who_sits(*parties: str, sequence: int) -> AmendmentEvent:
    """Return an amendment that says for which parties the seats are held now."""
    sitting = {"seats": [{"party": party, "name": "Olga Synthetic"} for party in parties]}
    return AmendmentEvent(
        id=f"sitting-{sequence}",
        source="/synthetic",
        subject=TESTSHIRE,
        acceptedtime=ACCEPTED,
        sequence=sequence,
        groupend=True,
        data=Amendment.model_validate({"ballot_id": TESTSHIRE, "sitting": sitting}),
    )


def night(*entries: AmendmentEvent | DeclarationEvent, register: Register = REGISTER) -> Written:
    """Return what is written of a night."""
    return aggregate_and_notify([register_event(register), *entries])


def result(written: Written) -> dict[str, Any]:
    """Return Testshire's result that stands."""
    return written.last("results", TESTSHIRE)


def test_who_sits_now_is_what_the_eve_of_poll_is() -> None:
    """Promise: the eve of poll is that of the holder amended; last time's winner stays who it was."""
    written = night(who_sits("PP53", sequence=2), LABOUR_WINS.model_copy(update={"sequence": 3}))
    assert result(written)["labels"] == {"previous_election": "Lab gain from Con", "sitting": "Lab hold"}
    assert written.standing_of("uk")["parties"]["PP53"] == {"won": 1, "held": 1, "votes": 30_000}
    assert [one["kind"] for one in written.data("headlines")][:1] == ["hold"]


def test_a_vacancy_told_after_the_declaration_corrects_what_was_said() -> None:
    """Promise: outcome, tally and headline follow, restarted in between or not; who is elected stays."""
    entries = (LABOUR_WINS, who_sits("PP53", sequence=3))
    written = night(*entries)
    assert result(written)["labels"]["sitting"] == "Lab hold"
    assert result(written)["supersedes"]["labels"]["sitting"] == "Lab gain from Con"
    assert written.standing_of("uk")["parties"] == {
        "PP52": {"votes": 20_000},
        "PP53": {"won": 1, "held": 1, "votes": 30_000},
        "PP90": {"votes": 5_000},
    }
    about = [one for one in written.data("headlines") if one["ballot_id"] == TESTSHIRE]
    assert about[0]["kind"] == "gain"
    assert (about[-1]["kind"], about[-1]["supersedes"] is not None) == ("correction", True)
    events = [event.encode() for event in (register_event(REGISTER), *entries)]
    assert with_restarts(WIRING, aggregate_ledger, events) == without_restarts(WIRING, aggregate_ledger, events)


def test_the_independent_recount_agrees() -> None:
    """Promise: results and tallies are those of the naive recount, with who sits amended before, between and after."""
    corrected = LABOUR_WINS.data.model_copy(update={"revision": 2, "rejected": 5})
    ledger = (
        register_event(REGISTER),
        who_sits("PP90", sequence=2),
        LABOUR_WINS.model_copy(update={"sequence": 3}),
        who_sits("PP53", sequence=4),
        LABOUR_WINS.model_copy(update={"id": "corrected", "sequence": 5, "data": corrected}),
        who_sits(sequence=6),
    )
    assert list(disagreements(aggregate(ELECTION), [event.encode() for event in ledger])) == []


def test_one_seat_of_a_ward_is_filled() -> None:
    """Promise: of several seats the whole set is stated, and set is held against set."""
    three = {"seats": [{"party": "PP52"}, {"party": "PP52"}, {"party": "PP53"}]}
    ward = synthetic_contest(
        seats=3,
        candidates={f"c{place}": {"name": f"C {place}", "party": "PP52"} for place in range(4)},
        baseline={"previous_election": three, "sitting": three},
    )
    register = synthetic_register(contests={TESTSHIRE: ward})
    votes = {f"c{place}": 400 - place for place in range(4)}
    written = night(
        who_sits("PP52", "PP90", "PP53", sequence=2),
        declaration_event(TESTSHIRE, votes, sequence=3),
        register=register,
    )
    assert result(written)["labels"] == {
        "previous_election": "Con gain 1 from Lab",
        "sitting": "Con gain 1 from Lab, Con gain 1 from LD",
    }
