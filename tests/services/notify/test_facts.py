"""What is so of a result besides who won: the data, and the one that the headline tells."""

from schemas.headline import Headline
from schemas.result import Outcome
from tests.services.notify.headlines import headlines, texts
from tests.services.notify.occasion_events import LABOUR, TORY
from tests.services.notify.results import CON, IND, LAB, PEOPLE, Contest, contest, swing, votes, ward


def seat(last: Contest) -> Headline:
    """Return the headline about a contest's seats."""
    return headlines([last.event])[0].data


def with_outcome(last: Contest, **changed: bool) -> Contest:
    """Return the contest with something else true of its outcome."""
    found = last.event.data.outcomes.previous_election
    assert found is not None
    outcome = Outcome.model_validate(found.model_dump() | changed)
    outcomes = last.event.data.outcomes.model_copy(update={"previous_election": outcome, "sitting": outcome})
    result = last.event.data.model_copy(update={"outcomes": outcomes})
    return Contest(said=last.event.model_copy(update={"data": result}))


def test_the_most_telling_fact_is_told_and_all_are_data() -> None:
    """Promise: a lot before a first, that before a narrow majority, that before a defeat; one headline for all."""
    told = contest(first_time=True, sitting=("ann",))
    tie = {"bob": 1_084, "ann": 1_084, "cay": 700, "dan": 300, "eve": 100}
    close = votes("bob", of=told, margin=12)
    said = [
        (told.then(votes=tie, lot=True, elected=("bob",)), "Labour gains Testshire by lot"),
        (told.then(votes=close), "Labour gains Testshire for the first time"),
        (contest(sitting=("ann",)).then(votes=close), "Labour gains Testshire by 12 votes"),
        (contest(sitting=("ann",)).then(votes=LABOUR), "Labour gains Testshire, defeating Ann Example"),
        (
            contest(sitting=("ann", "cay")).then(votes=LABOUR),
            "Labour gains Testshire, defeating Ann Example and Cay Specimen",
        ),
        (contest(sitting=("bob",)).then(votes=LABOUR), "Labour gains Testshire"),
        (contest(sitting=("ann", "bob")).then(votes=LABOUR), "Labour gains Testshire, defeating Ann Example"),
    ]
    for last, text in said:
        assert texts([last.event]) == [text]
    assert [seat(last).facts for last, _ in said] == [
        ("lot", "first_time", "incumbent_defeated"),
        ("first_time", "narrow_majority", "incumbent_defeated"),
        ("narrow_majority", "incumbent_defeated"),
        ("incumbent_defeated",),
        ("incumbent_defeated",),
        (),
        ("incumbent_defeated",),
    ]


def test_a_first_is_in_the_sentence_also_where_nobody_knows_who_held_the_seat() -> None:
    """Promise: the sentence behind a headline says all that the headline does."""
    data = seat(contest(before=None, first_time=True).then(votes=LABOUR))
    assert data.text == "Labour wins Testshire for the first time"
    assert data.detail.startswith("Bob Sample is elected in Testshire for Labour for the first time with a majority")
    free = contest(before=None, first_time=True)
    detail = seat(free.then(votes=votes("eve", of=free))).detail
    assert detail.startswith("Eve Pattern is elected in Testshire as the first independent with a majority")
    two = ward(2, (CON, CON), first_time=True)
    both = seat(two.then(votes=votes("bobone", "bobtwo", of=two)))
    assert both.text == "Labour gains both seats in Testward from Conservatives for the first time"
    assert both.detail.endswith("the last by 300 votes, the first time that Labour wins there.")


def test_who_is_turned_out_is_named_once() -> None:
    """Promise: the sentence says of one person once that the seat is taken from them."""
    narrow = contest(sitting=("ann",)).then(votes=dict.fromkeys(PEOPLE, 0) | {"bob": 5_012, "ann": 5_000})
    assert seat(narrow).detail.startswith(
        "Bob Sample wins Testshire for Labour, taking it from Ann Example of the Conservatives, with a majority of 12, "
        "0.12% of the valid votes, on a turnout"
    )


def test_a_first_is_a_partys_own_and_no_hold_is_one() -> None:
    """Promise: not said of a hold that contradicts it, of a new post, or of an independent, who is of no party."""
    assert seat(contest(first_time=True).then(votes=TORY)).facts == ()
    assert seat(contest(before=(), first_time=True).then(votes=LABOUR)).facts == ()
    free = contest(first_time=True)
    free = free.then(votes=votes("eve", of=free))
    assert seat(free).text == "Independent gains Testshire"
    assert "as the first independent" in seat(free).detail


def test_a_majority_is_narrow_below_one_per_cent() -> None:
    """Promise: exactly 1 per cent is not narrow; in a ward the votes for one seat are what counts."""
    two = {"ann": 4_950, "bob": 5_050}
    even = contest(people={one: PEOPLE[one] for one in two}, before=None)
    assert seat(even.then(votes=two)).facts == ()
    close = seat(even.then(votes={"ann": 4_951, "bob": 5_049}))
    assert close.facts == ("narrow_majority",)
    assert ", with a majority of 98 over Ann Example, 0.98% of the valid votes, on a turnout" in close.detail
    seats = ward(2, (CON, CON))
    last = seat(seats.then(votes=votes("annone", "anntwo", of=seats, margin=9)))
    assert last.text == "Conservatives hold both seats in Testward, the last by nine votes"


def test_a_lot_says_how_many_seats_it_decided() -> None:
    """Promise: the last of them, the last two, or both; and with whom they were level."""
    both = ward(2, None, people={one: PEOPLE[one] for one in ("ann", "bob", "cay")})
    drawn_both = both.then(votes=dict.fromkeys(("ann", "bob", "cay"), 404), lot=True, elected=("ann", "bob"))
    assert seat(drawn_both).text == "Conservatives and Labour win a seat each in Testward, both by lot"
    people = {one: PEOPLE[one] for one in ("ann", "bob", "cay", "dan")}
    drawn = {
        (2, ("bob", "ann"), (900, 404, 404, 300)): "the last by lot after a tie on 404 votes with Cay Specimen (LD)",
        (2, ("ann", "bob"), (404, 404, 404, 300)): "both by lot after a tie on 404 votes with Cay Specimen (LD)",
        (3, ("dan", "ann", "bob"), (404, 404, 404, 900)): (
            "the last two by lot after a tie on 404 votes with Cay Specimen (LD)"
        ),
    }
    for (seats, elected, counted), words in drawn.items():
        order = ("bob", "ann", "cay", "dan") if counted[0] == 900 else ("ann", "bob", "cay", "dan")
        two = ward(seats, None, people=people)
        done = seat(two.then(votes=dict(zip(order, counted, strict=True)), lot=True, elected=elected))
        assert done.facts == ("lot",)
        assert words in done.detail


def test_seats_that_nobody_stood_for_are_a_fact() -> None:
    """Promise: with fewer candidates than seats the others are vacant."""
    six = ward(6, None, people={one: PEOPLE[one] for one in ("ann", "bob", "cay")})
    done = seat(six.then("uncontested", elected=("bob", "ann", "cay")))
    assert (done.facts, done.kind) == (("vacant_seats",), "uncontested")
    assert done.text.endswith(" unopposed, with three seats vacant")


def test_a_hold_beside_a_member_defeated_says_what_it_is() -> None:
    """Promise: nobody "keeps" a seat from which a sitting member is turned out."""
    hold = seat(contest(sitting=("bob",)).then(votes=TORY))
    assert hold.text == "Conservatives hold Testshire"
    assert hold.detail.startswith("Ann Example wins Testshire for the Conservatives, a hold, with a majority of 1,000")
    assert hold.detail.endswith(", defeating Bob Sample (Lab), a sitting member.")


def test_a_notional_gain_is_called_one() -> None:
    """Promise: nobody took a seat that nobody held."""
    gain = seat(with_outcome(contest().then(votes=LABOUR), notional=True))
    assert gain.facts == ("notional",)
    assert gain.detail.startswith(
        "Bob Sample wins Testshire for Labour, a notional gain from the Conservatives, with a"
    )
    hold = seat(with_outcome(contest().then(votes=TORY), notional=True))
    assert hold.detail.startswith("Ann Example wins Testshire for the Conservatives, a notional hold, with a majority")
    two = ward(2, (CON, CON))
    several = seat(with_outcome(two.then(votes=votes("bobone", "bobtwo", of=two)), notional=True))
    assert several.detail.endswith(", compared with notional figures for the new boundaries.")


def test_who_changed_sides_takes_the_seat_from_nobody() -> None:
    """Promise: a sitting member who wins for another party does not take the seat from themselves."""
    crossed = seat(contest(sitting=("cay",), before=(CON,)).then(votes=votes("cay", of=contest())))
    assert crossed.detail.startswith(
        "Cay Specimen, a sitting member, wins Testshire for the Liberal Democrats, a gain from the Conservatives, with"
    )

    joined = seat(with_outcome(contest(before=(IND,)).then(votes=LABOUR), same_person=True))
    assert joined.detail.startswith("Bob Sample wins Testshire for Labour, a gain from an independent, with a majority")


def test_an_independent_keeps_a_seat_only_where_it_is_known_who_held_it() -> None:
    """Promise: of two independents nobody may know whether they are one; a sitting member kept it, or who is named."""
    free = contest(before=(IND,)).then(votes=votes("eve", of=contest()))
    assert seat(free).detail.startswith("Eve Pattern wins Testshire as an independent, a hold, with a majority of")
    member = contest(before=(IND,), sitting=("eve",)).then(votes=votes("eve", of=contest()))
    for known in (with_outcome(free, same_person=True), member):
        assert seat(known).detail.startswith("Eve Pattern keeps Testshire as an independent with a majority of")


def test_who_held_the_seat_takes_it_from_nobody() -> None:
    """Promise: the same of one whose name is that of the holder, whom the register does not call a sitting member."""
    same = seat(with_outcome(contest().then(votes=LABOUR), same_person=True))
    assert same.detail.startswith(
        "Bob Sample wins Testshire for Labour, a gain from the Conservatives, with a majority"
    )


def test_two_parties_of_one_name_take_no_seat_from_themselves() -> None:
    """Promise: where two parties are called the same, no origin is named."""
    lone = contest(by_election=True, before=(LAB,)).then(votes=TORY)
    parties = dict(lone.event.data.parties)
    parties[LAB] = parties[LAB].model_copy(update={"spoken": parties[CON].spoken, "number": "plural"})
    event = lone.event.model_copy(update={"data": lone.event.data.model_copy(update={"parties": parties})})
    data = headlines([event])[0].data
    assert data.text == "Conservatives gain Testshire"
    assert "taking it from" not in data.detail


def test_what_is_nothing_with_one_decimal_is_not_said() -> None:
    """Promise: no swing of 0.0 points, no turnout of 0.0%."""
    assert "swing" not in seat(contest().then(votes=LABOUR, swing=swing(LAB, CON, 0.04))).detail
    assert "a swing of 0.1 points" in seat(contest().then(votes=LABOUR, swing=swing(LAB, CON, 0.05))).detail
    assert "turnout" not in seat(contest(electorate=10**9).then(votes=LABOUR)).detail


def test_a_defeat_within_the_winning_party_does_not_defeat_it() -> None:
    """Promise: in a ward of several seats a party may win while its own member loses."""
    two = ward(2, (CON, CON), sitting=("anntwo",), name="Abbey")
    own = seat(two.then(votes=votes("annone", "bobone", of=two)))
    assert own.text == "Labour gains a seat in Abbey from Conservatives, Ann Example Two defeated"
    assert own.detail.endswith(", with Ann Example Two (Con), a sitting member, defeated.")
    other = ward(2, (CON, CON), sitting=("annone",), name="Ely")
    assert seat(other.then(votes=votes("bobone", "bobtwo", of=other))).text == (
        "Labour gains both seats in Ely from Conservatives, defeating Ann Example One"
    )
