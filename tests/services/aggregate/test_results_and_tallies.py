"""From ledger entries to results, tallies and headlines."""

import random

import pytest

from schemas.events import AmendmentEvent
from schemas.register import Amendment, Baseline, Baselines, Body, CandidateAmendment, Holder
from services.aggregate.service import WIRING, aggregate_ledger
from streams.fold import Encodable
from tests.services.events import ACCEPTED, declaration_event, register_event
from tests.services.folding import aggregate_and_notify, with_restarts, without_restarts
from tests.services.registers import ELECTION, NEWTOWN, SAMPLEFORD, TESTSHIRE, synthetic_contest, synthetic_register

LOADED = register_event(synthetic_register())
TESTSHIRE_LAB = {"ann-example": 20_000, "bob-sample": 21_000, "cay-specimen": 9_000}
TESTSHIRE_CON = {"ann-example": 22_000, "bob-sample": 21_000, "cay-specimen": 9_000}
SAMPLEFORD_LAB = {"dan-trial": 10, "eve-pattern": 7, "flo-mock": 3}
NEWTOWN_LD = {"gus-draft": 300, "hal-proof": 100}
AMENDMENT = AmendmentEvent(
    id="amendment",
    source="/synthetic",
    subject=TESTSHIRE,
    acceptedtime=ACCEPTED,
    sequence=3,
    groupend=True,
    data=Amendment(
        ballot_id=TESTSHIRE,
        electorate=200_000,
        candidates={"bob-sample": CandidateAmendment(name="Bob Sample-Mended")},
    ),
)


def test_a_result_carries_figures_labels_and_both_turnouts() -> None:
    """Promise: majority, shares, labels and turnouts are computed from the votes."""
    event = declaration_event(TESTSHIRE, TESTSHIRE_LAB, rejected=500)
    result = aggregate_and_notify([LOADED, event]).last("results", TESTSHIRE)
    assert result["elected"] == ["bob-sample"]
    assert result["majority"] == 1_000
    assert result["labels"] == {"previous_election": "Lab gain from Con", "sitting": "Lab gain from Con"}
    assert result["turnout"] == {"valid_votes": 50.0, "papers": 50.5}
    assert [(one["candidate"], one["votes"], one["share"]) for one in result["candidates"]] == [
        ("bob-sample", 21_000, 42.0),
        ("ann-example", 20_000, 40.0),
        ("cay-specimen", 9_000, 18.0),
    ]


def test_unknown_stays_unknown() -> None:
    """Promise: no baseline, no label; no electorate, no turnout; and the seat counts as won all the same."""
    written = aggregate_and_notify([LOADED, declaration_event(SAMPLEFORD, SAMPLEFORD_LAB)])
    result = written.last("results", SAMPLEFORD)
    assert result["labels"] == {"previous_election": None, "sitting": None}
    assert result["turnout"] == {"valid_votes": None, "papers": None}
    labour = written.last("tallies", "uk")["parties"]["PP53"]
    assert labour == {"won": 1, "votes": 10}
    assert written.data("headlines")[0]["kind"] == "elected"


def test_a_new_post_is_won_neither_gained_nor_held() -> None:
    """Promise: known to have no predecessor is `win`."""
    written = aggregate_and_notify([LOADED, declaration_event(NEWTOWN, NEWTOWN_LD)])
    assert written.last("results", NEWTOWN)["labels"]["previous_election"] == "LD win"
    assert written.data("headlines")[0]["text"] == "Liberal Democrats win Newtown"


def test_every_region_of_a_contest_counts_it_and_says_how_many_are_to_come() -> None:
    """Promise: a contest belongs to several regions; a tally is partial and says so."""
    written = aggregate_and_notify([LOADED, declaration_event(TESTSHIRE, TESTSHIRE_LAB)])
    for slug, expected in {"uk": 3, "england": 3, "north-testing": 2, "media-testing": 2}.items():
        tally = written.last("tallies", slug)
        assert (tally["declared"], tally["expected"]) == (1, expected)
        assert tally["parties"] == {
            "PP52": {"lost": 1, "net": -1, "votes": 20_000},
            "PP53": {"won": 1, "gained": 1, "net": 1, "votes": 21_000},
            "PP90": {"votes": 9_000},
        }


def test_a_higher_revision_takes_the_place_of_a_lower_one_in_either_order() -> None:
    """Promise: what stands after both is the same; the late lower revision changes nothing at all."""
    first = declaration_event(TESTSHIRE, TESTSHIRE_CON)
    second = declaration_event(TESTSHIRE, TESTSHIRE_LAB, revision=2)
    in_order = aggregate_and_notify([LOADED, first, second])
    reversed_order = aggregate_and_notify([LOADED, second, first])
    assert in_order.standing_of("uk") == reversed_order.standing_of("uk")
    assert len(reversed_order.data("results")) == len(reversed_order.data("headlines")) == 1
    superseded = in_order.last("results", TESTSHIRE)["supersedes"]
    assert (superseded["revision"], superseded["elected"]) == (1, ["ann-example"])
    assert superseded["event_id"] == in_order.streams["results"][0]["id"]


def test_a_correction_that_changes_the_winner_says_what_it_was() -> None:
    """Promise: corrections begin with CORRECTION and name what no longer holds."""
    first = declaration_event(TESTSHIRE, TESTSHIRE_CON)
    second = declaration_event(TESTSHIRE, TESTSHIRE_LAB, revision=2)
    headline = aggregate_and_notify([LOADED, first, second]).data("headlines")[-1]
    assert headline["kind"] == "correction"
    assert headline["text"] == 'CORRECTION: Labour gains Testshire, not "Conservatives hold Testshire"'
    assert "Ann Example has 20,000 votes instead of 22,000" in headline["detail"]


def test_a_correction_of_figures_alone_says_so() -> None:
    """Promise: figures corrected and winner changed are different things."""
    first = declaration_event(TESTSHIRE, TESTSHIRE_LAB)
    second = declaration_event(TESTSHIRE, TESTSHIRE_LAB | {"bob-sample": 21_100}, revision=2)
    headline = aggregate_and_notify([LOADED, first, second]).data("headlines")[-1]
    assert headline["text"] == "CORRECTION: Labour gains Testshire, by 1,100, not 1,000"


def test_an_amended_register_amends_the_result() -> None:
    """Promise: an electorate or a name put right after the declaration shows in the result, once."""
    written = aggregate_and_notify([LOADED, declaration_event(TESTSHIRE, TESTSHIRE_LAB), AMENDMENT, AMENDMENT])
    assert len(written.data("results")) == 2
    result = written.last("results", TESTSHIRE)
    assert result["turnout"]["valid_votes"] == 25.0
    assert result["candidates"][0]["name"] == "Bob Sample-Mended"
    assert written.last("tallies", "uk")["parties"]["PP53"]["won"] == 1


def test_an_amendment_that_changes_nothing_is_no_news_after_a_restart_either() -> None:
    """Promise: what is read back equals what was worked out, rejected papers by head, too."""
    heads = {"unmarked": 40, "too_many_votes": 60}
    again = AMENDMENT.model_copy(update={"id": "again", "sequence": 4})
    declared = declaration_event(TESTSHIRE, TESTSHIRE_LAB, rejected_by_head=heads)
    events = [event.encode() for event in (LOADED, declared, AMENDMENT, again)]
    assert with_restarts(WIRING, aggregate_ledger, events) == without_restarts(WIRING, aggregate_ledger, events)


def amendment_event(sequence: int, **changes: object) -> AmendmentEvent:
    """Return an amendment of Testshire, as it is on the ledger."""
    data = Amendment.model_validate({"ballot_id": TESTSHIRE, **changes})
    return AMENDMENT.model_copy(update={"id": f"amendment-{sequence}", "sequence": sequence, "data": data})


def test_who_was_added_before_the_night_can_win() -> None:
    """Promise: a result follows from the candidates as amended, restarted in between or not."""
    changes = {
        "bob-sample": {"stands": False},
        "ann-example": {"id": "900001"},
        "new-example": {"name": "New Example", "party": "PP53", "stands": True},
    }
    votes = {"new-example": 21_000, "900001": 20_000, "cay-specimen": 9_000}
    entries: list[Encodable] = [LOADED, amendment_event(2, candidates=changes), declaration_event(TESTSHIRE, votes)]
    result = aggregate_and_notify(entries).last("results", TESTSHIRE)
    assert [one["candidate"] for one in result["candidates"]] == ["new-example", "900001", "cay-specimen"]
    assert result["labels"]["previous_election"] == "Lab gain from Con"


def test_a_party_that_is_added_by_an_amendment_can_win_and_can_have_been_beaten() -> None:
    """Promise: whether before the declaration or after it, results and tallies count for it and say its name."""
    new = {"local:new": {"name": "New Party of Testshire", "spoken": "New Party", "abbreviation": "New"}}
    added = {"new-example": {"name": "New Example", "party": "local:new", "stands": True}}
    votes = {"new-example": 21_000, "ann-example": 20_000, "bob-sample": 0, "cay-specimen": 9_000}
    before: list[Encodable] = [
        LOADED,
        amendment_event(2, candidates=added, parties=new),
        declaration_event(TESTSHIRE, votes),
    ]
    written = aggregate_and_notify(before)
    assert written.last("results", TESTSHIRE)["labels"]["previous_election"] == "New gain from Con"
    assert written.data("headlines")[0]["text"] == "New Party gains Testshire"
    assert written.last("tallies", "uk")["parties"]["local:new"]["won"] == 1
    sat = {"seats": [{"party": "local:new", "name": "Ann Example"}]}
    party = {"bob-sample": {"party": "local:new"}}
    after: list[Encodable] = [
        LOADED,
        declaration_event(TESTSHIRE, TESTSHIRE_LAB),
        amendment_event(2, sitting=sat, candidates=party, parties=new),
    ]
    result = aggregate_and_notify(after).last("results", TESTSHIRE)
    assert result["labels"] == {"previous_election": "New gain from Con", "sitting": "New hold"}


def test_tallies_use_the_baseline_that_was_amended_before_the_night() -> None:
    """Promise: results and tallies of the whole election compare with the baseline that headlines use."""
    amended: list[Encodable] = [
        LOADED,
        amendment_event(2, headline_baseline="sitting"),
        declaration_event(TESTSHIRE, TESTSHIRE_LAB),
    ]
    written = aggregate_and_notify(amended)
    assert written.last("results", TESTSHIRE)["headline_baseline"] == "sitting"
    assert {written.last("tallies", region)["baseline"] for region in ("uk", "north-testing")} == {"sitting"}


def test_what_is_declared_after_an_amendment_is_held_against_the_amended_register() -> None:
    """Promise: an amendment holds from then on, also for the contest's later declarations."""
    again = declaration_event(TESTSHIRE, TESTSHIRE_LAB, revision=2)
    written = aggregate_and_notify([LOADED, declaration_event(TESTSHIRE, TESTSHIRE_LAB), AMENDMENT, again])
    result = written.last("results", TESTSHIRE)
    assert (result["revision"], result["turnout"]["valid_votes"]) == (2, 25.0)
    assert result["candidates"][0]["name"] == "Bob Sample-Mended"


def test_tallies_are_published_at_the_end_of_a_group_and_only_when_they_differ() -> None:
    """Promise: what is published follows from the ledger alone, however it is read in batches."""
    ledger: list[Encodable] = [
        LOADED,
        declaration_event(TESTSHIRE, TESTSHIRE_LAB, group_end=None),
        declaration_event(SAMPLEFORD, SAMPLEFORD_LAB, sequence=3),
        declaration_event(SAMPLEFORD, SAMPLEFORD_LAB, revision=2, sequence=4),
    ]
    tallies = aggregate_and_notify(ledger).data("tallies")
    assert [tally["declared"] for tally in tallies if tally["region"] == "uk"] == [2]


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_declarations_does_not_matter_to_what_stands(seed: int) -> None:
    """Promise: shuffled and repeated, the same results and tallies stand, and each seat is headlined once."""
    declared = [
        declaration_event(TESTSHIRE, TESTSHIRE_LAB),
        declaration_event(SAMPLEFORD, SAMPLEFORD_LAB),
        declaration_event(NEWTOWN, NEWTOWN_LD),
    ]
    straight = aggregate_and_notify([LOADED, *declared])
    mixed = [event for event in declared for _ in range(3)]
    random.Random(seed).shuffle(mixed)
    shuffled = aggregate_and_notify([LOADED, *mixed])
    for slug in ("uk", "england", "north-testing", "media-testing"):
        assert shuffled.standing_of(slug) == straight.standing_of(slug)
    assert sorted(line["text"] for line in shuffled.data("headlines")) == sorted(
        line["text"] for line in straight.data("headlines")
    )


def test_every_event_names_its_election_by_test_flag_and_cause() -> None:
    """Promise: a rehearsal says so on every event, and ids and times follow from the ledger entry alone."""
    rehearsal = synthetic_register(test=True)
    loaded = register_event(rehearsal).model_copy(update={"test": True})
    declared = declaration_event(TESTSHIRE, TESTSHIRE_LAB).model_copy(update={"test": True})
    written = aggregate_and_notify([loaded, declared])
    for events in written.streams.values():
        assert all(event["test"] is True and event["time"] == ACCEPTED for event in events)
    assert rehearsal.election == ELECTION


def test_each_baseline_has_its_own_label_and_tallies_use_the_headlines_one() -> None:
    """Promise: after a by-election a seat is a gain by one baseline and a hold by the other; nobody mixes them up."""
    won, held = (Baseline(seats=(Holder(party=party),)) for party in ("PP52", "PP53"))
    contest = synthetic_contest(baseline=Baselines(previous_election=won, sitting=held))
    said = {"previous_election": ("gained", "Labour gains Testshire"), "sitting": ("held", "Labour holds Testshire")}
    for baseline, (counted, text) in said.items():
        loaded = register_event(synthetic_register(contests={TESTSHIRE: contest}, headline_baseline=baseline))
        written = aggregate_and_notify([loaded, declaration_event(TESTSHIRE, TESTSHIRE_LAB)])
        result = written.last("results", TESTSHIRE)
        assert result["labels"] == {"previous_election": "Lab gain from Con", "sitting": "Lab hold"}
        assert {name: found["change"] for name, found in result["outcomes"].items()} == {
            "previous_election": "gain",
            "sitting": "hold",
        }
        labour = written.last("tallies", "uk")["parties"]["PP53"]
        assert [name for name in ("gained", "held") if name in labour] == [counted]
        assert written.data("headlines")[0]["text"] == text


def test_a_restored_standing_goes_on_as_if_it_had_never_stopped() -> None:
    """Promise: started again before every entry, aggregate publishes what it publishes when it is never stopped."""
    contests = {
        ballot: synthetic_contest(body="testshire-council", regions=("england",)) for ballot in (TESTSHIRE, SAMPLEFORD)
    }
    body = Body(name="Testshire", seats=3, not_up={"PP52": 1}, control_before="PP52")
    ledger: list[Encodable] = [
        register_event(synthetic_register(contests=contests, bodies={"testshire-council": body})),
        declaration_event(TESTSHIRE, TESTSHIRE_LAB, revision=2, group_end=None),
        declaration_event(TESTSHIRE, TESTSHIRE_CON, sequence=3),
        AMENDMENT,
        declaration_event(SAMPLEFORD, TESTSHIRE_LAB, sequence=5),
        declaration_event(SAMPLEFORD, None, revision=2, sequence=6, kind="withdrawn", reason="Synthetic"),
    ]
    events = [event.encode() for event in ledger]
    assert with_restarts(WIRING, aggregate_ledger, events) == without_restarts(WIRING, aggregate_ledger, events)
