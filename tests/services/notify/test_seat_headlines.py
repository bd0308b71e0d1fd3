"""A contest from its flash to its last correction: what each message is worth in words."""

from dataclasses import replace

from schemas.declaration import DeclarationKind
from schemas.result import Labels
from tests.services.notify.headlines import headlines, kinds_and_texts, texts
from tests.services.notify.occasion_events import LABOUR, TORY
from tests.services.notify.results import (
    CON,
    GREEN,
    IND,
    LAB,
    LD,
    PARTIES,
    PEOPLE,
    SPEAKER,
    Contest,
    contest,
    votes,
    ward,
)

TESTSHIRE = contest()
DECLARED = TESTSHIRE.then(votes=LABOUR)
FLASH = TESTSHIRE.then("flash", elected=("bob",))


def after(*contests: Contest) -> tuple[str, str]:
    """Return kind and text of the last contest's seat headline, after the others."""
    return [kinds_and_texts([one.event])[0] for one in contests][-1]


def detail(last: Contest) -> str:
    """Return the sentence behind a contest's seat headline."""
    return headlines([last.event])[0].data.detail


def test_a_flash_that_proves_right_is_followed_by_an_ordinary_headline() -> None:
    """Promise: a declaration that agrees with its flash corrects nothing."""
    assert after(FLASH.then(votes=LABOUR)) == ("gain", "Labour gains Testshire")


def test_a_flash_that_proves_wrong_is_corrected() -> None:
    """Promise: whoever heard the flash hears that it was wrong."""
    assert after(FLASH.then(votes=TORY)) == (
        "correction",
        'CORRECTION: Conservatives hold Testshire, not "Labour gains Testshire"',
    )


def test_a_flash_may_be_confirmed_or_contradicted_by_a_flash() -> None:
    """Promise: the same winner again is no correction, another one is."""
    assert after(FLASH.then("flash", elected=("bob",))) == ("flash", "FLASH confirmed: Labour gains Testshire")
    assert after(FLASH.then("flash", elected=("ann",)))[0] == "correction"


def test_a_flash_after_a_declaration_says_that_the_figures_are_gone() -> None:
    """Promise: a result that stops counting is never lost in silence."""
    assert after(DECLARED.then("flash", elected=("bob",))) == (
        "correction",
        "CORRECTION: Labour gains Testshire, by flash only",
    )


def test_a_recount_after_a_flash_takes_it_back() -> None:
    """Promise: the text says that the flash is set aside, the detail names it and why."""
    recount = FLASH.then("recount", reason="Nine votes between the first two")
    assert after(recount) == ("recount", "Recount in Testshire, flash set aside")
    assert detail(recount).endswith('Nine votes between the first two; "Labour gains Testshire" no longer stands.')
    assert after(recount.then("recount")) == ("recount", "Another recount in Testshire")
    assert detail(recount.then(votes=TORY)).endswith(", after a recount.")


def test_whatever_takes_a_result_back_says_so() -> None:
    """Promise: recount, progress and postponement after a declaration set it aside, each in its own kind or louder."""
    said: dict[DeclarationKind, tuple[str, str]] = {
        "recount": ("recount", "Recount in Testshire, result set aside"),
        "progress": ("correction", "CORRECTION: Testshire: count under way, result set aside"),
        "countermanded": ("postponed", "Poll in Testshire countermanded, result set aside"),
        "withdrawn": ("withdrawal", 'WITHDRAWN: "Labour gains Testshire"'),
    }
    for kind, expected in said.items():
        assert after(DECLARED.then(kind, reason="A synthetic reason")) == expected


def test_a_withdrawal_of_nothing_known_says_what_it_can() -> None:
    """Promise: a withdrawal that overtakes its declaration, or withdraws a recount, still makes sense."""
    assert texts([TESTSHIRE.then("withdrawn").event]) == ["WITHDRAWN: declaration in Testshire"]
    assert after(TESTSHIRE.then("recount").then("withdrawn"))[1] == "WITHDRAWN: recount in Testshire"


def test_the_same_said_again_for_another_reason_is_a_small_correction() -> None:
    """Promise: a poll is postponed once, however often the reason changes."""
    postponed = TESTSHIRE.then("postponed", reason="A candidate has died")
    assert after(postponed.then("postponed", reason="A candidate has died, aged 80")) == (
        "correction",
        "CORRECTION: details of Testshire amended",
    )


def test_after_a_withdrawal_it_is_declared_again() -> None:
    """Promise: a new declaration after a withdrawal is no correction of figures."""
    withdrawn = DECLARED.then("withdrawn")
    again = headlines([DECLARED.event, withdrawn.event, withdrawn.then(votes=TORY).event])[-1].data
    assert (again.kind, again.text) == ("hold", "Conservatives hold Testshire, declared again")
    assert "declared again after a withdrawal" in again.detail


def test_what_never_was_declared_is_not_declared_again() -> None:
    """Promise: a withdrawn recount, flash or nothing at all is followed by an ordinary headline."""
    for first in (TESTSHIRE.then("recount"), FLASH):
        withdrawn = first.then("withdrawn")
        said = headlines([first.event, withdrawn.event, withdrawn.then(votes=TORY).event])[-1].data
        assert said.text == "Conservatives hold Testshire"
        assert "again" not in said.detail


def test_a_countermanded_poll_is_another_one() -> None:
    """Promise: the result is that of a new poll; a postponed one was held."""
    reason = "A candidate has died"
    new = detail(TESTSHIRE.then("countermanded", reason=reason).then(votes=TORY))
    assert new.endswith(", in a new poll, the first one having been countermanded.")
    assert detail(TESTSHIRE.then("postponed", reason=reason).then(votes=TORY)).endswith(", in the postponed poll.")


def test_what_was_said_is_quoted_as_it_was_said() -> None:
    """Promise: a first and a defeat are taken back with the winner, word for word."""
    first = contest(first_time=True).then(votes=LABOUR)
    steps = [first, first.then(votes=TORY, first_time=False)]
    assert texts([one.event for one in steps])[-1] == (
        'CORRECTION: Conservatives hold Testshire, not "Labour gains Testshire for the first time"'
    )
    sat = contest(sitting=("ann",)).then(votes=LABOUR)
    said = headlines([sat.event, sat.then("withdrawn").event])
    assert [one.data.text for one in said] == [
        "Labour gains Testshire, defeating Ann Example",
        'WITHDRAWN: "Labour gains Testshire, defeating Ann Example"',
    ]
    assert (said[1].data.facts, said[1].data.defeated) == ((), ())


def test_a_fact_that_holds_no_more_is_corrected() -> None:
    """Promise: when past winners are amended the first is taken back, though the same party gains the seat."""
    first = contest(first_time=True).then(votes=LABOUR)
    said = headlines([first.event, first.then(votes=LABOUR, amended=True, first_time=False).event])
    assert said[1].data.text == ('CORRECTION: Labour gains Testshire, not "Labour gains Testshire for the first time"')
    assert (said[0].data.facts, said[1].data.facts) == (("first_time",), ())


def test_a_correction_names_the_people_when_no_party_changes() -> None:
    """Promise: another candidate of the same party is another winner."""
    first = ward(2, (CON, CON))
    was = first.then(votes=votes("annone", "anntwo", of=first))
    people = dict(first.people) | {"anntwo": ("Ada Sample", CON), "bobone": ("Bea Sample", CON)}
    first = ward(2, (CON, CON), people=people)
    was = first.then(votes=votes("annone", "anntwo", of=first))
    now = was.then(votes=votes("annone", "bobone", of=first))
    assert after(now) == ("correction", "CORRECTION: Bea Sample elected in Testward, not Ada Sample")


def test_a_correction_too_long_to_quote_quotes_in_its_detail() -> None:
    """Promise: the text stays short, and what no longer holds is still said."""
    long = contest(name="Berwickshire, Roxburgh and Selkirk")
    now = long.then(votes=TORY).then(votes=votes("cay", of=long))
    assert after(now)[1] == ("CORRECTION: Liberal Democrats gain Berwickshire, Roxburgh and Selkirk, not Conservatives")
    assert detail(now).endswith('This replaces "Conservatives hold Berwickshire, Roxburgh and Selkirk".')


def test_an_amended_name_is_a_small_correction() -> None:
    """Promise: the register amended is of the lowest priority, and says that the result stands."""
    headline = headlines([DECLARED.then(votes=LABOUR, amended=True).event])[0].data
    assert (headline.priority, headline.text) == (5, "CORRECTION: details of Testshire amended, result unchanged")
    headline = headlines([TESTSHIRE.then("recount").then("recount", amended=True).event])[0].data
    assert (headline.priority, headline.text) == (5, "CORRECTION: details of Testshire amended")


def test_a_detail_that_is_corrected_is_named() -> None:
    """Promise: rejected papers, a candidate's party and a name say what they are and what they are not."""
    was = DECLARED.event.data.model_copy(update={"rejected": 116})
    declared = replace(DECLARED, said=DECLARED.event.model_copy(update={"data": was}))
    papers = declared.then(votes=LABOUR, rejected=189)
    assert after(papers) == ("correction", "CORRECTION: rejected ballot papers in Testshire are 189, not 116")
    assert detail(papers).endswith("Rejected ballot papers are 189 instead of 116.")
    amended = declared.then(votes=LABOUR, amended=True, rejected=116)
    for changed, text, sentence in (
        (
            {"parties": {"eve": GREEN}},
            "CORRECTION: Eve Pattern stands as an independent in Testshire, not for the Greens",
            "Eve Pattern stands as an independent instead of for the Greens.",
        ),
        (
            {"names": {"eve": "Eva Pattern"}},
            "CORRECTION: candidate in Testshire is Eve Pattern, not Eva Pattern",
            "The candidate is called Eve Pattern instead of Eva Pattern.",
        ),
    ):
        supersedes = amended.event.data.supersedes
        assert supersedes is not None
        data = amended.event.data.model_copy(update={"supersedes": supersedes.model_copy(update=changed)})
        said = headlines([amended.event.model_copy(update={"data": data})])[0].data
        assert (said.priority, said.text) == (5, text)
        assert said.detail.endswith(sentence)


def test_a_lot_and_a_majority_are_not_compared_as_figures() -> None:
    """Promise: a correction says "by lot, not by 12 votes", never "not by 12"."""
    close = dict.fromkeys(PEOPLE, 0) | {"bob": 5_012, "ann": 5_000}
    tie = close | {"bob": 5_000}
    narrow, drawn = TESTSHIRE.then(votes=close), TESTSHIRE.then(votes=tie, lot=True, elected=("bob",), majority=0)
    assert after(narrow.then(votes=tie, lot=True, elected=("bob",), majority=0))[1] == (
        "CORRECTION: Labour gains Testshire, by lot, not by 12 votes"
    )
    assert (
        after(drawn.then(votes=tie | {"bob": 5_001}))[1] == "CORRECTION: Labour gains Testshire, by 1 vote, not by lot"
    )


def test_descriptions_of_one_party_are_told_apart_as_they_are_printed() -> None:
    """Promise: nobody is said to stand for Labour and not for Labour."""
    coop = PARTIES[LAB].model_copy(update={"name": "Labour and Co-operative Party"})
    amended = DECLARED.then(votes=LABOUR, amended=True, parties={**PARTIES, "joint-party:53-119": coop}).event
    supersedes = amended.data.supersedes
    assert supersedes is not None
    changed = supersedes.model_copy(update={"parties": {"bob": "joint-party:53-119"}})
    data = amended.data.model_copy(update={"supersedes": changed})
    said = headlines([amended.model_copy(update={"data": data})])[0].data
    assert said.text == 'CORRECTION: Bob Sample stands as "Labour" in Testshire'
    assert said.detail.endswith('Bob Sample stands as "Labour" instead of as "Labour and Co-operative Party".')


def test_the_final_round_decides() -> None:
    """Promise: a leader who loses on second preferences is named as such; votes of the final round are corrected."""
    first = {"ann": 93_942, "bob": 76_106, "cay": 61_885}
    mayor = contest(people={one: contest().people[one] for one in first})
    done = mayor.then(votes=first, final={"ann": 108_195, "bob": 113_994})
    assert texts([done.event]) == ["Labour gains Testshire on second preferences"]
    assert "with a majority of 5,799 after second preferences, having trailed on first preferences" in detail(done)
    leader = mayor.then(votes=first, final={"ann": 113_994, "bob": 108_195})
    assert "with a majority of 5,799 after second preferences, on a turnout" in detail(leader)
    mended = done.then(votes=first, final={"ann": 108_195, "bob": 113_995})
    assert after(mended) == (
        "correction",
        "CORRECTION: Labour gains Testshire on second preferences, by 5,800, not 5,799",
    )
    assert "Bob Sample has 113,995 votes in the final round instead of 113,994." in detail(mended)


def test_several_seats_are_told_as_a_set() -> None:
    """Promise: one gainer, several equal ones and unequal ones, from one, from several, and not certain from whom."""
    said = {
        (("bobone", "bobtwo"), (CON, CON)): "Labour gains both seats in Testward from Conservatives",
        (("bobone", "annone"), (CON, CON)): "Labour gains a seat in Testward from Conservatives",
        (("bobone", "bobtwo"), (CON, GREEN)): "Labour gains both seats in Testward from Conservatives and Greens",
        (("bobone", "cayone"), (CON, CON)): (
            "Labour and Liberal Democrats gain a seat each in Testward from Conservatives"
        ),
        (("bobone", "cayone"), (CON, GREEN)): "Labour and Liberal Democrats gain a seat each in Testward",
        (("bobone", "eveone"), (CON, CON)): "Labour and an independent gain a seat each in Testward from Conservatives",
        (("annone", "anntwo"), (CON, CON)): "Conservatives hold both seats in Testward",
        (("annone", "bobone"), (CON, LAB)): "Conservatives and Labour hold a seat each in Testward",
        (("annone", "bobone"), ()): "Conservatives and Labour win a seat each in Testward",
        (("annone", "bobone"), None): "Conservatives and Labour win a seat each in Testward",
        (("eveone", "evetwo"), (IND, IND)): "Independents hold both seats in Testward",
        (("eveone", "evetwo"), (IND, LD)): "Independent gains a seat in Testward from Liberal Democrats",
    }
    for (elected, before), text in said.items():
        two = ward(2, before)
        assert texts([two.then(votes=votes(*elected, of=two)).event]) == [text]
    three = ward(3, (CON, CON, CON))
    mixed = three.then(votes=votes("bobone", "bobtwo", "danone", of=three))
    assert texts([mixed.event]) == ["Labour gains two seats in Testward, Greens one, from Conservatives"]
    five = ward(5, None)
    level = five.then(votes=votes("bobone", "annone", "bobtwo", "anntwo", "danone", of=five))
    assert texts([level.event]) == ["Conservatives and Labour win two seats each in Testward, Greens one"]


def test_seats_without_a_contest_are_said_of_all_of_them() -> None:
    """Promise: *unopposed* is not read as said of the last party alone, and no headline begins with *Ind win*."""
    three = ward(3, None)
    found = texts([three.then("uncontested", elected=("eveone", "evetwo", "bobone")).event])
    assert found == ["Independents win two seats in Testward, Labour one; all unopposed"]
    long = ward(3, None, name="Stromness and the South Isles of Testing")
    found = texts([long.then("uncontested", elected=("eveone", "evetwo", "evethree")).event])
    assert found == ["Independents win all three seats in Stromness and the South Isles of Testing unopposed"]


def test_with_fewer_candidates_than_seats_all_are_elected_unopposed_and_seats_stay_vacant() -> None:
    """Promise: a seat that nobody stood for is called vacant, also where votes were declared."""
    people = {one: PEOPLE[one] for one in ("ann", "bob", "cay")}
    six = ward(6, None, people=people)
    done = six.then(votes={"ann": 100, "bob": 900, "cay": 50})
    assert texts([done.event]) == ["Con, Lab and LD win a seat each in Testward unopposed, with three seats vacant"]
    elects = "Testward elects Bob Sample (Lab), Ann Example (Con) and Cay Specimen (LD)"
    assert detail(done) == f"{elects}, unopposed, with three seats vacant."


def test_a_set_too_long_to_say_is_abbreviated() -> None:
    """Promise: long names shorten the parties, and never hide who won."""
    three = ward(3, (SPEAKER, SPEAKER, SPEAKER), name="Cambourne and Papworth Everard")
    done = three.then(votes=votes("annone", "cayone", "eveone", of=three))
    assert texts([done.event]) == ["Con, LD and Ind gain a seat each in Cambourne and Papworth Everard from Spk"]


def test_an_ambiguous_flow_says_so() -> None:
    """Promise: nobody is named as the loser to anybody, and the detail says that it is not certain."""
    two = ward(2, (CON, GREEN))
    said = detail(two.then(votes=votes("bobone", "cayone", of=two)))
    assert said.endswith("; the Conservatives and the Greens lose a seat each, and who took whose is not certain.")


def test_a_by_election_says_from_whom() -> None:
    """Promise: it stands alone, with no table beside it."""
    lone = contest(by_election=True)
    assert texts([lone.then(votes=votes("cay", of=lone)).event]) == [
        "Liberal Democrats gain Testshire from Conservatives"
    ]


def test_the_speaker_and_independents_read_well() -> None:
    """Promise: categories that are no parties take their articles."""
    chorley = contest(before=(LAB,), people={"lin": ("Lin Specimen", SPEAKER), "bob": ("Bob Sample", LAB)})
    done = chorley.then(votes={"lin": 26_000, "bob": 9_000})
    assert texts([done.event]) == ["The Speaker gains Testshire"]
    assert "Lin Specimen wins Testshire as the Speaker, taking it from Labour" in detail(done)
    free = contest(sitting=("eve",), before=(IND,))
    assert "taking it from the independent Eve Pattern" in detail(free.then(votes=LABOUR))


def test_a_party_is_the_speaker_by_its_id_and_never_by_its_name() -> None:
    """Promise: the Yorkshire Party has candidates who stand for it, and Independent Network is a party."""
    for spoken, stands in (
        ("The Yorkshire Party", "for the Yorkshire Party"),
        ("Independent Network", "for the Independent Network"),
    ):
        green = contest(before=(LAB,))
        named = green.then(votes=votes("dan", of=green)).event
        party = named.data.parties[GREEN].model_copy(update={"spoken": spoken, "number": "singular"})
        parties = {**named.data.parties, GREEN: party}
        event = named.model_copy(update={"data": named.data.model_copy(update={"parties": parties})})
        (said, *_) = headlines([event])
        assert (said.data.text, said.data.detail.partition(",")[0]) == (
            f"{spoken} gains Testshire",
            f"Dan Trial wins Testshire {stands}",
        )


def test_an_amendment_of_who_sat_on_the_eve_says_so() -> None:
    """Promise: a vacancy that was filled, told after the result, is not called some detail; the headline stands."""
    declared = contest().then(votes=LABOUR)
    amended = declared.then(votes=LABOUR, amended=True)
    held = amended.event.data.model_copy(update={"labels": Labels(previous_election=None, sitting="Lab hold")})
    said = headlines([declared.event, amended.event.model_copy(update={"data": held})])[-1].data
    assert said.text == "CORRECTION: who held Testshire on the eve of poll amended, result unchanged"
    assert said.detail.endswith('Compared with the eve of poll it is "Lab hold" instead of not known.')
