"""The data of a headline: what a reader would otherwise have to look up."""

from dataclasses import replace

from schemas.events import HeadlineEvent
from schemas.headline import PartySeats
from schemas.result import Turnout
from services.notify.rules.occasions import Occasion
from tests.services.notify.councils import NOC, Council
from tests.services.notify.headlines import headlines
from tests.services.notify.nights import night
from tests.services.notify.occasion_events import EVENTS, LABOUR, TORY
from tests.services.notify.results import COLOURS, CON, GREEN, IND, LAB, LD, contest, progress, swing, votes, ward

TESTSHIRE = contest()


def seats(parties: tuple[PartySeats, ...]) -> list[tuple[str, int, int | None]]:
    """Return party, seats and change of each."""
    return [(party.party, party.seats, party.change) for party in parties]


def after(council: Council, *parties: str) -> Council:
    """Return the council after one seat each for these parties."""
    for party in parties:
        council = council.then(party)
    return council


def superseding(said: list[HeadlineEvent]) -> list[int | None]:
    """Return for each headline the place of the one that it supersedes."""
    places = {headline.id: place for place, headline in enumerate(said)}
    return [None if one.data.supersedes is None else places[one.data.supersedes] for one in said]


def test_a_gain_names_winner_loser_and_everything_else_that_a_reader_prints() -> None:
    """Promise: parties with spoken name and colour, who is elected, majority and turnout, contest and office."""
    data = headlines([TESTSHIRE.then(votes=LABOUR).event])[0].data
    labour = PartySeats(
        party=LAB, spoken="Labour", number="singular", abbreviation="Lab", colour="#E4003B", seats=1, change=1
    )
    tories = PartySeats(
        party=CON, spoken="Conservatives", number="plural", abbreviation="Con", colour="#0087DC", seats=0, change=-1
    )
    assert (data.winners, data.losers) == ((labour,), (tories,))
    assert [(one.candidate, one.name, one.party) for one in data.elected] == [("bob", "Bob Sample", LAB)]
    assert (data.majority, data.turnout, data.baseline) == (
        1_000,
        Turnout(valid_votes=24.8, papers=None),
        "previous_election",
    )
    assert data.contest is not None
    assert (data.contest.name, data.contest.office, data.contest.office_slug) == (
        "Testshire",
        "synthetic office",
        "synthetic-office",
    )
    assert (data.contest.by_election, data.body, data.region, data.supersedes) == (False, None, None, None)


def test_the_body_of_a_contest_is_named() -> None:
    """Promise: a seat in a parliament says in which one."""
    data = headlines([contest(body="house-of-tests").then(votes=LABOUR).event])[0].data
    assert (data.body, data.body_name) == ("house-of-tests", "House Of Tests")


def test_a_by_election_says_that_it_is_one() -> None:
    """Promise: nobody has to read that out of an id."""
    data = headlines([contest(by_election=True).then(votes=LABOUR).event])[0].data
    assert data.contest is not None
    assert data.contest.by_election


def test_a_hold_has_no_loser_and_an_unknown_baseline_no_change() -> None:
    """Promise: nobody is said to have lost what nobody knows they had."""
    hold = headlines([TESTSHIRE.then(votes=TORY).event])[0].data
    assert (seats(hold.winners), hold.losers) == ([(CON, 1, 0)], ())
    unknown = headlines([contest(before=None).then(votes=LABOUR).event])[0].data
    assert (seats(unknown.winners), unknown.losers, unknown.baseline) == ([(LAB, 1, None)], (), None)
    new = headlines([contest(before=()).then(votes=LABOUR).event])[0].data
    assert (seats(new.winners), new.losers, new.baseline) == ([(LAB, 1, 1)], (), "previous_election")


def test_a_ward_with_several_seats_names_every_party_that_wins_or_loses_one() -> None:
    """Promise: who gains comes first, whoever holds a seat is there as well, and a loser may still have one."""
    three = ward(3, (CON, CON, GREEN))
    data = headlines([three.then(votes=votes("annone", "bobone", "eveone", of=three)).event])[0].data
    assert seats(data.winners) == [(LAB, 1, 1), (IND, 1, 1), (CON, 1, -1)]
    assert seats(data.losers) == [(CON, 1, -1), (GREEN, 0, -1)]
    assert [one.party for one in data.elected] == [CON, LAB, IND]
    three = ward(3, (CON, CON, CON))
    data = headlines([three.then(votes=votes("annone", "anntwo", "bobone", of=three)).event])[0].data
    assert (seats(data.winners), seats(data.losers)) == ([(LAB, 1, 1), (CON, 2, -1)], [(CON, 2, -1)])


def test_the_first_winner_is_the_one_that_the_text_begins_with() -> None:
    """Promise: the colour of a headline is that of its first winner, over nights of all sorts."""
    checked = 0
    for seed in range(6):
        for headline in headlines(night(seed)):
            data = headline.data
            if data.kind in ("gain", "hold", "win", "elected") and data.winners:
                first = data.winners[0]
                name = "Independent" if first.party == IND else first.spoken
                assert data.text.lower().startswith((name.lower(), "an independent", first.abbreviation.lower()))
                assert first.colour == COLOURS.get(first.party)
                checked += 1
    assert checked > 30


def test_what_is_about_the_same_seat_is_a_fact_of_its_headline() -> None:
    """Promise: one declaration is one story, with facts to filter by, and those defeated by name."""
    close = contest(first_time=True, sitting=("ann", "cay"))
    (data,) = (one.data for one in headlines([close.then(votes=votes("bob", of=close, margin=12)).event]))
    assert data.text == "Labour gains Testshire for the first time"
    assert data.facts == ("first_time", "narrow_majority", "incumbent_defeated")
    assert [(one.candidate, one.name, one.party) for one in data.defeated] == [
        ("ann", "Ann Example", CON),
        ("cay", "Cay Specimen", LD),
    ]
    assert data.defeated[0].votes == 5_000


def test_the_largest_swing_has_the_data_of_its_contest_but_no_facts() -> None:
    """Promise: whoever filters by facts hears of each once."""
    events = EVENTS[Occasion.LARGEST_SWING_CORRECTED]
    said = headlines(events)
    assert [one.data.kind for one in said] == ["gain", "gain", "largest_swing", "withdrawal", "correction"]
    assert superseding(said) == [None, None, None, 1, 2]
    words = {"kind", "priority", "text", "detail", "facts", "defeated"}
    assert said[2].data.model_dump(exclude=words) == said[1].data.model_dump(exclude=words)
    lone = contest(sitting=("ann",)).then(votes=LABOUR, swing=swing(LAB, CON, 9.0))
    largest = headlines([events[0], lone.event])[-1].data
    assert (largest.kind, largest.facts, largest.defeated) == ("largest_swing", (), ())


def test_each_seat_headline_supersedes_the_one_before() -> None:
    """Promise: from a flash to a correction, a withdrawal and a new declaration, one headline stands."""
    flash = TESTSHIRE.then("flash", elected=("bob",))
    steps = [flash]
    steps.append(steps[-1].then(votes=LABOUR))
    steps.append(steps[-1].then(votes=TORY))
    steps.append(steps[-1].then("withdrawn", reason="Read out for another area"))
    steps.append(steps[-1].then(votes=LABOUR))
    said = headlines([step.event for step in steps])
    assert [one.data.kind for one in said] == ["flash", "gain", "correction", "withdrawal", "gain"]
    assert superseding(said) == [None, 0, 1, 2, 3]


def test_what_notify_has_no_words_for_is_superseded_by_nothing_and_supersedes_nothing() -> None:
    """Promise: after a declaration that only a later release knows, the last headline about the seats is meant.

    Not the first headline of that result, which is about a region.
    """
    whole = (progress("media-testing", "Media Testing", 2, 2),)
    gain = TESTSHIRE.then(votes=LABOUR)
    later = gain.then("recount", progress=whole).event
    later = later.model_copy(update={"data": later.data.model_copy(update={"kind": "adjourned"})})
    said = headlines([gain.event, later, replace(gain, said=later).then(votes=TORY).event])
    assert [one.data.kind for one in said] == ["gain", "region_complete", "hold"]
    assert superseding(said) == [None, None, 0]


def test_a_withdrawal_leaves_nobody_elected() -> None:
    """Promise: no winner, no loser and no figure of what no longer stands."""
    data = headlines([TESTSHIRE.then(votes=LABOUR).then("withdrawn").event])[0].data
    assert (data.winners, data.losers, data.elected) == ((), (), ())
    assert (data.majority, data.turnout, data.baseline) == (None, None, None)
    assert data.contest is not None


def test_control_gained_names_who_has_it_and_who_lost_it() -> None:
    """Promise: the body by name, its new and its old controller with their seats there, and no contest."""
    data = headlines(after(Council(3, CON), LAB, LAB, CON).states)[-1].data
    assert (data.kind, data.body, data.body_name, data.ballot_id, data.contest) == (
        *("control_gained", "testing", "Testing"),
        *(None, None),
    )
    assert (seats(data.winners), seats(data.losers)) == ([(LAB, 2, None)], [(CON, 1, None)])


def test_control_lost_to_nobody_has_a_loser_and_no_winner() -> None:
    """Promise: no overall control is nobody's."""
    data = headlines(after(Council(2, CON), CON, LAB).states)[-1].data
    assert (data.kind, data.winners, seats(data.losers)) == ("control_lost", (), [(CON, 1, None)])


def test_a_landmark_is_about_the_party_that_reaches_it() -> None:
    """Promise: whoever controls the body, the headline of a landmark is its party's, and so is its correction."""
    council = after(Council(5, CON, landmarks=(2,)), LD, LD).then(LD, -1)
    reached, below = headlines(council.states)
    assert (reached.data.kind, seats(reached.data.winners), reached.data.losers) == ("landmark", [(LD, 2, None)], ())
    assert (below.data.kind, below.data.winners, seats(below.data.losers)) == ("correction", (), [(LD, 1, None)])


def test_headlines_about_control_and_about_landmarks_each_have_their_own_succession() -> None:
    """Promise: control supersedes control, a party's landmark its own, also when all of it is said of one state."""
    council = after(Council(7, NOC, landmarks=(2, 4)), LAB, LAB, LAB, LAB).then(LAB, -1).then(LAB)
    said = headlines(council.states)
    assert [(one.data.kind, one.data.text) for one in said] == [
        ("landmark", "Labour reaches 2 seats in Testing"),
        ("clinched", "Labour clinches control of Testing"),
        ("landmark", "Labour reaches 4 seats in Testing"),
        ("correction", "CORRECTION: control of Testing is open again"),
        ("correction", "CORRECTION: Labour is back below 4 seats in Testing"),
        ("clinched", "Labour clinches control of Testing"),
        ("landmark", "Labour reaches 4 seats in Testing"),
    ]
    assert superseding(said) == [None, None, 0, 1, 2, 3, 4]


def test_a_complete_region_is_named_and_has_no_contest() -> None:
    """Promise: news about a region is about nothing else."""
    whole = (progress("media-testing", "Media Testing", 2, 2), progress("uk", "United Kingdom", 2, 5))
    data = headlines([contest(progress=whole).then(votes=LABOUR).event])[-1].data
    assert (data.kind, data.region, data.region_name) == ("region_complete", "media-testing", "Media Testing")
    assert (data.ballot_id, data.contest, data.winners, data.elected) == (None, None, (), ())
