"""Reasons about a contest: its candidates, figures that cannot be true of it, or not beside each other."""

from collections.abc import Mapping
from typing import Final

from services.ingest.rules.reasons.row import ReasonRow

CONTEST_ROWS: Final[Mapping[str, ReasonRow]] = {
    # The contest, its candidates and revisions.
    "subject.not_the_contest": ReasonRow(
        "the subject is not the contest in `data`",
        "subject is {subject}, but data.ballot_id is {ballot_id}. Write the same ballot id in both.",
    ),
    "contest.unknown": ReasonRow(
        "a contest that the register does not have",
        "{value} is not a contest of {election}.{hint}",
    ),
    "contest.other_election": ReasonRow(
        "a contest of another election",
        "{value} belongs to another election; this one is {election}. Send it there.",
    ),
    "kind.not_one_of": ReasonRow(
        "a kind of message that there is not",
        "{place} {value}.{hint} Write one of: {choices}.",
    ),
    "kind.contested": ReasonRow(
        "uncontested, but there are more candidates than seats",
        "{contest} has {candidates} candidates for {seats} to elect, so it is contested. Send votes, or mend the kind.",
    ),
    "candidate.unknown": ReasonRow(
        "votes for somebody who is not a candidate",
        "{value} is not a candidate of {contest}.{hint}",
    ),
    "candidate.missing": ReasonRow(
        "a candidate without votes in the declaration",
        "{name} ({candidate}) has no figure{area}. Give every candidate's votes; 0 if there were none.",
    ),
    "candidate.malformed": ReasonRow(
        "a candidate id that is not written as such ids are",
        "The candidate id {value} is not written like ann-example or 12345. Use the register's id, not the name.",
    ),
    "revision.conflict": ReasonRow(
        "a revision that was taken with other figures",
        "Revision {revision} of this contest was taken with other figures, and {stands}. {advice}",
    ),
    "revision.too_far_ahead": ReasonRow(
        "a revision far beyond the highest one that was taken",
        "Revision {revision} is more than {limit} beyond the highest taken of this contest: {taken}. "
        "Send revision {next}.",
    ),
    # Local counts.
    "area.unknown": ReasonRow(
        "the count of an area that the contest does not have",
        "{value} is not an area of {contest}.{hint}",
    ),
    "area.twice": ReasonRow(
        "two counts of one area",
        "{value} is counted twice. Give each area once.",
    ),
    "area.left_out": ReasonRow(
        "no count of one area beside the others",
        "{area} is missing from the areas. Give every area, or none; as long as some are to come, kind is progress.",
    ),
    "areas.not_for_contest": ReasonRow(
        "local counts of a contest that is counted as one",
        "The register names no areas of {contest}. Leave areas out.",
    ),
    "areas.do_not_add_up": ReasonRow(
        "local counts of a candidate's votes do not add up to the whole",
        "{name} has {areas} votes in all areas together, but {whole} as a whole. Check every area and the whole.",
    ),
    "areas.rejected_do_not_add_up": ReasonRow(
        "local counts of rejected papers do not add up to the whole",
        "{areas} papers were rejected in the areas, but {whole} as a whole. Check every area and the whole.",
    ),
    # The figures.
    "votes.all_zero": ReasonRow(
        "nobody has a vote",
        "Every candidate has 0 votes. Send the declaration when there are figures.",
    ),
    "votes.above_electorate": ReasonRow(
        "more votes for one candidate than electors",
        "{name} has {votes} votes, more than the {electorate} electors of {contest}. Check for a digit too many.",
    ),
    "votes.total_above_electorate": ReasonRow(
        "more votes and rejected papers than the electors can have cast",
        "{valid} votes and {rejected} rejected papers need {voters} voters, more than the {electorate} electors "
        "of {contest}. Check the figures.",
    ),
    "votes.above_papers": ReasonRow(
        "more votes for one candidate than valid papers",
        "{name} has {votes} votes from {papers} valid papers, and a paper has one vote for each. Check both.",
    ),
    "votes.total_above_papers": ReasonRow(
        "more votes than the valid papers can hold",
        "{valid} votes are more than {papers} valid papers can hold with {seats} a paper. Check both.",
    ),
    "rejected_by_head.do_not_add_up": ReasonRow(
        "papers rejected under each head do not add up to all rejected papers",
        "The heads add up to {heads} rejected papers (a head left out is 0, those in part are apart), but rejected is "
        "{rejected}. Check both.",
    ),
    "rejected.above_papers": ReasonRow(
        "more papers rejected than there were",
        "{rejected} papers were rejected of only {papers}. Check both.",
    ),
    "rejected.above_electorate": ReasonRow(
        "more papers rejected than electors",
        "{rejected} rejected papers are more than the {electorate} electors of {contest}. Check for a digit too many.",
    ),
    "papers.above_electorate": ReasonRow(
        "more papers than electors",
        "{papers} papers are more than the {electorate} electors of {contest}. Check for a digit too many.",
    ),
    "papers.do_not_reconcile": ReasonRow(
        "papers verified that are neither votes nor rejected papers",
        "{difference} papers verified and not counted: {valid} votes and {rejected} rejected papers make {total}, "
        "but papers is {papers}. Check for a candidate or a figure left out.",
    ),
    "papers.too_few": ReasonRow(
        "more votes and rejected papers than papers verified",
        "{valid} votes and {rejected} rejected papers make {total}, {difference} more than the {papers} papers "
        "verified. Check for a digit too many, or a figure counted twice.",
    ),
    # The final round of the supplementary vote.
    "final_round.not_for_contest": ReasonRow(
        "a final round where there is only one",
        "{contest} is not by supplementary vote, so it has no final round. Leave final_round out.",
    ),
    "final_round.missing": ReasonRow(
        "nobody has more than half of the first preferences, and there is no final round",
        "Nobody has more than half of the {valid} first preferences. Give the final round's votes in data.final_round: "
        "{finalists} went on.",
    ),
    "final_round.not_needed": ReasonRow(
        "a final round, though somebody has more than half of the first preferences",
        "{leader} has more than half of the {valid} first preferences, so there was no final round. "
        "Leave final_round out or check the figures.",
    ),
    "final_round.fewer_than_two": ReasonRow(
        "a final round of one candidate or none",
        "data.final_round has fewer than two candidates. Give the votes of everybody who went on, or leave it out.",
    ),
    "final_round.wrong_candidates": ReasonRow(
        "others went on to the final round than have most first preferences",
        "In the final round: {stated}. Most first preferences: {counted}. One of the two is wrong: "
        "check for figures swapped.",
    ),
    "final_round.below_first": ReasonRow(
        "fewer votes in the final round than first preferences",
        "{name} has {votes} votes in the final round, fewer than {first} first preferences. "
        "Give both together, not the transferred votes alone.",
    ),
    "final_round.too_many_transferred": ReasonRow(
        "more votes transferred than those eliminated had",
        "{transferred} votes were transferred, but those eliminated had {eliminated} first preferences. "
        "Check both rounds.",
    ),
    # Who is elected.
    "elected.unknown_candidate": ReasonRow(
        "declared elected, but not a candidate",
        "{value} is declared elected, but is not a candidate of {contest}.{hint}",
    ),
    "elected.twice": ReasonRow(
        "declared elected twice",
        "{value} is declared elected twice. Name each person once.",
    ),
    "elected.wrong_number": ReasonRow(
        "another number declared elected than there are seats",
        "{stated} declared elected, but {contest} {elects}",
    ),
    "elected.not_most_votes": ReasonRow(
        "declared elected, but others have more votes",
        "Declared elected: {stated}. Most votes{deciding}: {counted}. One of the two is wrong: "
        "check for figures swapped.",
    ),
    "elected.no_answer": ReasonRow(
        "an answer of a referendum declared, though another has as many votes",
        "{tied} have equal votes ({votes}), so that no answer has won. Leave elected out, or check the figures.",
    ),
    "lot.not_for_contest": ReasonRow(
        "a lot in a referendum",
        "{contest} is a referendum, which no lot decides. Leave lot out.",
    ),
    "lot.missing": ReasonRow(
        "equal votes at the last seat, and no lot recorded",
        "{tied} have equal votes ({votes}), and only {places} can be elected. Name who was drawn by lot in data.lot.",
    ),
    "lot.no_tie": ReasonRow(
        "a lot, but no equal votes at the last seat",
        "A lot is recorded, but nobody has equal votes at the last seat. Leave lot out or check the figures.",
    ),
    "lot.not_tied": ReasonRow(
        "chosen by lot without having equal votes at the last seat",
        "{name} is recorded as drawn by lot, but the lot was between {tied}.",
    ),
    "lot.wrong_number": ReasonRow(
        "another number chosen by lot than seats were left",
        "{stated} recorded as drawn by lot, but only {places} of {tied} can be elected. Name only who was drawn.",
    ),
    "lot.twice": ReasonRow(
        "chosen by lot twice",
        "{value} is recorded as drawn by lot twice. Name each person once.",
    ),
    "lot.unknown_candidate": ReasonRow(
        "chosen by lot, but not a candidate",
        "{value} is recorded as drawn by lot, but is not a candidate of {contest}.{hint}",
    ),
}
"""By code."""
