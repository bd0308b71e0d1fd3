"""What a tally says changed it, and how much an event and a record weigh."""

import json
from collections.abc import Iterator

from schemas.events import DeclarationEvent, LedgerEvent, RegisterEvent
from schemas.register import Baseline, Baselines, Candidate, Holder, Party
from schemas.tally import PartyTally, Tally
from services.aggregate.rules.standing import CHANGED
from services.aggregate.service import WIRING, aggregate_ledger
from streams.fold import Entry, fold
from tests.services.events import declaration_event, register_event
from tests.services.folding import Written, aggregate_and_notify, with_restarts, without_restarts
from tests.services.registers import NEWTOWN, SAMPLEFORD, TESTSHIRE, synthetic_contest, synthetic_register

LOADED = register_event(synthetic_register()).model_copy(update={"groupend": True})
TESTSHIRE_LAB = {"ann-example": 20_000, "bob-sample": 21_000, "cay-specimen": 9_000}
TESTSHIRE_CON = {"ann-example": 22_000, "bob-sample": 21_000, "cay-specimen": 9_000}
SAMPLEFORD_LAB = {"dan-trial": 10, "eve-pattern": 7, "flo-mock": 3}
NEWTOWN_LD = {"gus-draft": 300, "hal-proof": 100}
EVENT_BYTES_MAX = 8_000


def of_testshire(votes: dict[str, int] | None, revision: int, **figures: object) -> DeclarationEvent:
    """Return a declaration of Testshire."""
    return declaration_event(TESTSHIRE, votes, revision=revision, sequence=revision + 1, **figures)  # type: ignore[arg-type]


def changed(written: Written, region: str = "uk") -> list[list[str]]:
    """Return what each tally of a region says changed it, in order."""
    return [tally["changed"] for tally in written.data("tallies") if tally["region"] == region]


def test_a_tally_names_the_contests_whose_result_changed_it_since_the_one_before() -> None:
    """Promise: sorted, each region its own; nobody in the first; who declares, is corrected, is withdrawn is named."""
    written = aggregate_and_notify(
        [
            LOADED,
            of_testshire(TESTSHIRE_CON, 1, group_end=None),
            declaration_event(SAMPLEFORD, SAMPLEFORD_LAB, sequence=3),
            declaration_event(NEWTOWN, NEWTOWN_LD, sequence=4),
            of_testshire(TESTSHIRE_LAB, 2),
            of_testshire(None, 3, kind="withdrawn", reason="Synthetic"),
        ]
    )
    assert changed(written) == [[], [SAMPLEFORD, TESTSHIRE], [NEWTOWN], [TESTSHIRE], [TESTSHIRE]]
    assert changed(written, "north-testing") == [[], [TESTSHIRE], [NEWTOWN], [TESTSHIRE], [TESTSHIRE]]
    assert changed(written, "media-testing") == [[], [SAMPLEFORD, TESTSHIRE], [TESTSHIRE], [TESTSHIRE]]


def test_a_result_that_adds_nothing_else_changes_no_tally() -> None:
    """Promise: a flash, a correction of what no tally adds up, a recount of what was never declared name nobody."""
    written = aggregate_and_notify(
        [
            LOADED,
            of_testshire(None, 1, kind="flash", elected=("bob-sample",), group_end=None),
            of_testshire(None, 2, kind="recount", group_end=None),
            declaration_event(SAMPLEFORD, SAMPLEFORD_LAB),
            declaration_event(SAMPLEFORD, SAMPLEFORD_LAB, revision=2, sequence=9, rejected=3, group_end=None),
            declaration_event(NEWTOWN, NEWTOWN_LD, sequence=10),
        ]
    )
    assert changed(written) == [[], [SAMPLEFORD], [NEWTOWN]]


def test_a_result_that_came_and_went_within_a_group_is_named_with_the_next_change() -> None:
    """Promise: a tally that is what it was is not published; its next event tells all that happened since."""
    there_and_back = [
        of_testshire(TESTSHIRE_LAB, 1, group_end=None),
        of_testshire(None, 2, kind="withdrawn", reason="S"),
    ]
    written = aggregate_and_notify([LOADED, *there_and_back])
    assert changed(written) == [[]]
    written = aggregate_and_notify([LOADED, *there_and_back, declaration_event(NEWTOWN, NEWTOWN_LD, sequence=4)])
    assert changed(written) == [[], [NEWTOWN, TESTSHIRE]]
    assert changed(written, "media-testing") == [[]]


def test_a_restart_within_a_group_forgets_nobody() -> None:
    """Promise: started again before every entry, aggregate names the same contests."""
    ledger: list[LedgerEvent] = [
        LOADED,
        of_testshire(TESTSHIRE_CON, 1, group_end=None),
        of_testshire(TESTSHIRE_LAB, 2, group_end=None),
        declaration_event(SAMPLEFORD, SAMPLEFORD_LAB, sequence=4),
        of_testshire(None, 3, kind="withdrawn", reason="Synthetic", group_end=None),
        of_testshire(TESTSHIRE_LAB, 4),
        declaration_event(NEWTOWN, NEWTOWN_LD, sequence=7),
    ]
    events = [event.encode() for event in ledger]
    written = with_restarts(WIRING, aggregate_ledger, events)
    assert written == without_restarts(WIRING, aggregate_ledger, events)
    tallies = [json.loads(event)["data"] for stream, event in written if stream == "tallies"]
    named = [tally["changed"] for tally in tallies if tally["region"] == "uk"]
    assert named == [[], [SAMPLEFORD, TESTSHIRE], [NEWTOWN, TESTSHIRE]]


def test_which_contests_a_tally_counts_is_in_the_results() -> None:
    """Promise: each result names its regions and whether it counts, so that nobody needs a list of them."""
    ledger: list[LedgerEvent] = [
        LOADED,
        of_testshire(TESTSHIRE_LAB, 1),
        declaration_event(SAMPLEFORD, None, kind="flash", elected=("dan-trial",), sequence=3),
        declaration_event(NEWTOWN, NEWTOWN_LD, sequence=4),
    ]
    written = aggregate_and_notify(ledger)
    results = {result["ballot_id"]: result for result in written.data("results")}
    for region, expected in {
        "uk": {TESTSHIRE, NEWTOWN},
        "north-testing": {TESTSHIRE, NEWTOWN},
        "media-testing": {TESTSHIRE},
    }.items():
        counted = {ballot for ballot, result in results.items() if result["counts"] and region in result["regions"]}
        assert counted == expected
        assert written.standing_of(region)["declared"] == len(counted)


PARTIES = {
    f"PP{1_000 + n}": Party(name=f"Synthetic party {n}", spoken=f"S{n}", abbreviation=f"S{n}") for n in range(100)
}


def parliament() -> tuple[RegisterEvent, list[DeclarationEvent]]:
    """Return 650 seats and their declarations; each of a hundred parties wins, holds, gains and loses seats."""
    ids = list(PARTIES)
    contests, declared = {}, []
    for number in range(650):
        ballot = f"parl.synthetic-constituency-number-{number:03}.2030-05-02"
        standing = [ids[(number * 7 + place * 13) % 100] for place in range(6)]
        before = standing[0] if number % 3 else standing[1]
        baseline = Baseline(seats=(Holder(party=before),))
        contests[ballot] = synthetic_contest(
            name=f"Number {number}",
            candidates={party.lower(): Candidate(name=f"Candidate {party}", party=party) for party in standing},
            baseline=Baselines(previous_election=baseline, sitting=baseline),
            regions=(),
        )
        votes = {party.lower(): 30_000 - 3_000 * place - number for place, party in enumerate(standing)}
        declared.append(declaration_event(ballot, votes, sequence=number + 2))
    register = synthetic_register(parties=PARTIES, regions={}, contests=contests)
    return register_event(register).model_copy(update={"groupend": True}), declared


def sizes(ledger: list[LedgerEvent]) -> Iterator[dict[str, int]]:
    """Fold a ledger entry by entry; yield for each what its events and records weigh, in bytes."""
    state = WIRING.state("synthetic")
    for place, event in enumerate(ledger):
        batch = fold(WIRING, aggregate_ledger, state, [Entry(f"{place}-0", {b"data": event.encode()})])
        events = {f"{out.stream} {n}": len(out.event.encode()) for n, out in enumerate(batch.emissions)}
        yield events | {" ".join(key): len(value.encode()) for key, value in batch.records.items()}


def test_no_event_and_no_record_of_a_declaration_grows_with_the_contests() -> None:
    """Promise: with 650 contests and a hundred parties that win and lose, each stays under 8 kB to the last."""
    loaded, declared = parliament()
    _, *weighed = sizes([loaded, *declared])
    last = weighed[-1]
    assert {name.split()[0] for name in last} == {
        *("results", "tallies", "standing:results", "standing:tallies"),
        *("aggregate:declarations", "aggregate:winners", "aggregate:changed"),
    }
    assert max(size for each in weighed for size in each.values()) < EVENT_BYTES_MAX
    assert last[f"{CHANGED} uk"] == len("[]")


def test_a_figure_that_is_left_out_is_0() -> None:
    """Promise: of a party that stood in vain, its votes are written and nothing else; who reads the rest reads 0."""
    tally = aggregate_and_notify([LOADED, of_testshire(TESTSHIRE_LAB, 1)]).last("tallies", "uk")
    assert tally["parties"]["PP90"] == {"votes": 9_000}
    assert Tally.model_validate(tally).parties["PP90"] == PartyTally(
        won=0, held=0, gained=0, lost=0, net=0, votes=9_000
    )
