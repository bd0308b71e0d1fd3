"""Reasons about a register or an amendment of it."""

from collections.abc import Mapping
from typing import Final

from services.ingest.rules.reasons.row import ReasonRow

REGISTER_ROWS: Final[Mapping[str, ReasonRow]] = {
    "subject.not_the_election": ReasonRow(
        "the subject of a message about a whole election is not that election",
        "subject is {subject}, but the message was sent to {election}. Write {election}.",
    ),
    "register.not_loaded": ReasonRow(
        "the election's register has not arrived",
        "The register of {election} is not loaded yet. Load it and send this again.",
    ),
    "register.already_loaded": ReasonRow(
        "another register for an election that has one",
        "Another register of this election is loaded. To change it, send an amendment.",
    ),
    "register.other_election": ReasonRow(
        "a register sent to another election",
        "The register is of {value}, but it was sent to {election}. Send it to its own election.",
    ),
    "register.not_a_rehearsal": ReasonRow(
        "a register that is named as a rehearsal and does not say that it is one",
        "{election} is named as a rehearsal. Write true in data.test, or send the register to the real election.",
    ),
    "register.none_given": ReasonRow(
        "an object of the register that must not be empty",
        "{place} empty. Describe at least one.",
    ),
    "register.not_one_of": ReasonRow(
        "a word that is not one of those possible",
        "{place} {value}. Write one of: {choices}.",
    ),
    "register.unknown_reference": ReasonRow(
        "a party, a region or a body that the register does not describe",
        "The register names {missing} in {where}, but not among its {kind}. Describe it or mend the id.",
    ),
    "register.too_many": ReasonRow(
        "more contests, candidates, regions or the like than a register may describe",
        "{place} has {size} entries, more than the {limit} possible. Split the election, or leave some out.",
    ),
    "register.too_many_listed": ReasonRow(
        "more people on the lists of a contest than there may be",
        "The lists of contests.{ballot} name {size} people, more than the {limit} possible. Leave out those who "
        "are too far down to be elected.",
    ),
    "register.too_many_local_counts": ReasonRow(
        "a contest with more local counts than one declaration may have",
        "{contest} would have {size} local counts, one of each candidate in each area, more than the {limit} possible. "
        "Describe fewer, larger areas.",
    ),
    "register.seats_and_system": ReasonRow(
        "the supplementary vote with more than one seat",
        "{place} for several seats by supplementary vote, which elects one person. Mend seats or voting_system.",
    ),
    "register.seats_and_baseline": ReasonRow(
        "a baseline with another number of holders than there are seats",
        "{path} elects {seats}, but its baseline names {holders} holders. Name one for each seat, none if it is new, "
        "or write null if they are unknown.",
    ),
    "register.seats_and_referendum": ReasonRow(
        "a referendum with more than one seat",
        "{place} a referendum, and has several seats. One answer wins: write 1 as seats.",
    ),
    "register.answers": ReasonRow(
        "a referendum with fewer than two answers, or with answers that are no parties of their own",
        "{place} a referendum without two answers or more, each with a party of its own whose id begins with answer: "
        "(answer:yes). Mend candidates.",
    ),
    "register.answer_counts_as": ReasonRow(
        "an answer of a referendum that counts as a party",
        "parties.{party} is an answer of a referendum, which counts as itself. Leave counts_as out.",
    ),
    "register.field_and_system": ReasonRow(
        "a fact that a contest's voting system does not have",
        "{path} has {field}, which is not for {system}. Leave it out, or mend voting_system.",
    ),
    "register.system_needs_field": ReasonRow(
        "a contest that lacks what its voting system needs",
        "{path} lacks {field}, which {system} needs. State it, or mend voting_system.",
    ),
    "register.no_constituency": ReasonRow(
        "a region of the additional member system with a constituency that is none",
        "contests.{ballot} names {other} among its constituencies, which must be one seat of the same body, elected "
        "first past the post. Mend constituencies, or that contest.",
    ),
    "register.two_regions": ReasonRow(
        "a constituency that belongs to two regions",
        "contests.{ballot} names {other} among its constituencies, which belongs to {region}, too. Name it once.",
    ),
    "register.too_many_seats": ReasonRow(
        "a body with fewer seats than are up, not up and vacant together",
        "bodies.{body} has {seats} seats, fewer than those up, not up and vacant together. "
        "Mend seats, not_up, vacant or the contests.",
    ),
    "amendment.no_change": ReasonRow(
        "an amendment that changes nothing",
        "{place} without any change. Name at least one thing that changes.",
    ),
    "amendment.contradicts": ReasonRow(
        "an amendment after which the declaration that stands could not be true",
        "Revision {revision} of this contest stands, and could not be true any more: {reason} "
        "If the amendment is right, correct or withdraw that declaration first.",
    ),
    "amendment.not_one_of": ReasonRow(
        "a word that is not one of those possible",
        "{place} {value}. Write one of: {choices}.",
    ),
    "amendment.candidate_exists": ReasonRow(
        "an amendment that gives a candidate the id of another one",
        "{value} is the id of a candidate of {contest} already. Give every candidate an id of their own.",
    ),
    "amendment.candidate_incomplete": ReasonRow(
        "a candidate who is added without name or party",
        "{value} is added without a {field}. Give name and party of everybody who is added.",
    ),
    "amendment.nobody_stands": ReasonRow(
        "an amendment after which nobody stands",
        "Nobody would stand in {contest}. Where the poll is called off, declare it countermanded.",
    ),
    "amendment.holders_and_seats": ReasonRow(
        "an amendment that says who sits now, and names another number of holders than there are seats",
        "{contest} elects {seats}, but {holders} are said to sit now. Name one for each seat, or none where nobody "
        "ever held one.",
    ),
    "amendment.held_before": ReasonRow(
        "an amendment that says that nobody ever held a seat which somebody won",
        "{contest} was won by {party} at the previous election, so that somebody has held it. Name whose the seat was, "
        "also where it is vacant, or leave sitting out.",
    ),
    "amendment.nobody_sits": ReasonRow(
        "an amendment that says who sits now, of a contest whose seats are nobody's to gain or hold",
        "{contest} ({system}): nobody holds its seats, which have no gain or hold. Leave sitting out.",
    ),
    "amendment.other_answers": ReasonRow(
        "an amendment that adds an answer of a referendum, takes one out, or gives one another party or id",
        "{contest} is a referendum: its answers are those of the register, and only their names can be amended.",
    ),
    "amendment.declared_already": ReasonRow(
        "a change that can be made only before anything is declared but a postponed or countermanded poll",
        "Something was declared about {name} already: {path} can be changed only before. Leave it out.",
    ),
    "amendment.unknown_party": ReasonRow(
        "an amendment that names a party the register does not have",
        "{place} {value}, which is not a party of this register.{hint} Name one of its parties, or describe it under "
        "data.parties.",
    ),
    "amendment.party_exists": ReasonRow(
        "an amendment that describes a party the register has",
        "{value} is a party of this register already, and stays as it is. Leave it out.",
    ),
    "amendment.no_main_party": ReasonRow(
        "an amendment that adds a party which counts as none that there is, or as one that counts as another",
        "{place} {value}, which is not a main party of this register.{hint}",
    ),
}
"""By code."""
