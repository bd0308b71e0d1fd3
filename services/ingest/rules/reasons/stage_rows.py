"""Reasons about the stages of a count by single transferable vote: what cannot be by the rules, or together."""

from collections.abc import Mapping
from typing import Final

from services.ingest.rules.reasons.row import ReasonRow

STAGE_ROWS: Final[Mapping[str, ReasonRow]] = {
    "kind.not_for_contest": ReasonRow(
        "stages so far of a contest that is declared as a whole",
        "{contest} is not counted by the rules of Northern Ireland: it is declared as a whole. "
        "Send it when it is over.",
    ),
    "quota.not_for_contest": ReasonRow(
        "a quota where there is none",
        "{contest} is not elected by single transferable vote. Leave quota out.",
    ),
    "quota.not_by_rule": ReasonRow(
        "a quota that does not follow from the votes",
        "The quota is {stated}, but {valid} valid votes for {seats} to elect give {quota}. Check it and the votes.",
    ),
    "stages.not_for_contest": ReasonRow(
        "stages where there are none",
        "{contest} is not elected by single transferable vote. Leave stages out.",
    ),
    "stages.unknown_candidate": ReasonRow(
        "a stage with somebody who is not a candidate",
        "{value} is not a candidate of {contest}.{hint}",
    ),
    "stages.none_given": ReasonRow(
        "a stage that is of nobody",
        "{place} empty. Name whose votes were transferred.",
    ),
    "stages.not_given": ReasonRow(
        "neither stages nor who is elected, though the first preferences do not fill the seats",
        "The first preferences do not fill the seats of {contest}. Give the stages, or at least who is elected.",
    ),
    "stages.more_than_possible": ReasonRow(
        "more stages than there can be",
        "{contest} has {number} stages after the first; with its candidates and seats, {most} are possible. "
        "Check for a stage given twice.",
    ),
    "stages.too_many": ReasonRow(
        "stages with more figures than a count could need",
        "The stages have {size} totals and transfers, more than the {limit} possible. "
        "Leave transfers out, or the stages.",
    ),
    "stages.after_the_end": ReasonRow(
        "a stage after the count was over",
        "The count was over before stage {stage}: {elected} elected. Check who was elected at the stages before.",
    ),
    "stages.end_too_early": ReasonRow(
        "a whole count that leaves a seat open",
        "After stage {stage}, seats left open: {vacancies}. Next is the {action} of {due}. Give every stage; as long "
        "as some are to come, kind is stage.",
    ),
    "stages.total_missing": ReasonRow(
        "a candidate without votes at a stage",
        "{name} has no figure at stage {stage}. Give the votes of all who are elected or continue.",
    ),
    "stages.total_not_the_sum": ReasonRow(
        "votes at a stage that are not those before and the transfer",
        "{name} has {stated} votes at stage {stage}, but {before} before it and the transfer make {due}. "
        "Check the figure.",
    ),
    "stages.transfer_not_the_difference": ReasonRow(
        "a transfer that is not the difference of two stages",
        "{name}'s transfer at stage {stage} is {stated}, but the votes change by {due}. Check the transfer.",
    ),
    "stages.fell": ReasonRow(
        "fewer votes at a stage than before, of somebody who continues",
        "{name} has {stated} votes at stage {stage}, fewer than {before} before it, and continues. Check the figure.",
    ),
    "stages.falls_next": ReasonRow(
        "more votes at a stage than after it, of somebody who continues",
        "{name} has {stated} votes at stage {stage}, and only {due} after it. Check the figure.",
    ),
    "stages.elected_not_as_before": ReasonRow(
        "other votes at a stage, of somebody who is elected",
        "{name} is elected, and has {stated} votes at stage {stage} in place of {due}. Nobody elected receives votes. "
        "Check the figure.",
    ),
    "stages.excluded_not_as_before": ReasonRow(
        "votes at a stage, of somebody who is excluded",
        "{name} is excluded, and has {stated} votes at stage {stage} in place of {due}. Check the figure.",
    ),
    "stages.left_over": ReasonRow(
        "another number of votes left of those transferred than the rules leave",
        "{name} has {stated} votes left at stage {stage}; after a surplus the quota is left, after an exclusion "
        "nothing: {due}. Check the figure.",
    ),
    "stages.do_not_add_up": ReasonRow(
        "votes at a stage that do not add up to the valid votes",
        "At stage {stage}, {sum} votes and {lost} that are not transferable make {all}, but {valid} are valid. "
        "Check every figure of the stage.",
    ),
    "stages.too_much_transferred": ReasonRow(
        "more votes received at a stage than were transferred",
        "At stage {stage}, {received} votes were received, but only {had} transferred. Check every "
        "figure of the stage.",
    ),
    "stages.value_not_by_rule": ReasonRow(
        "votes received that no ballot papers make up at the value they have by the rules",
        "At stage {stage}, {gain} votes received are no number of papers at a value of {value}. Check the figure and "
        "who they came from.",
    ),
    "stages.non_transferable_fell": ReasonRow(
        "fewer votes that are not transferable than before",
        "{now} votes are not transferable after stage {stage}, but {before} were before it. They only grow. "
        "Check both.",
    ),
    "stages.surplus_of_several": ReasonRow(
        "a surplus of several candidates at one stage",
        "Stage {stage} transfers a surplus of several candidates. Give each surplus a stage of its own.",
    ),
    "stages.no_surplus": ReasonRow(
        "a surplus of somebody who has none",
        "{name} has no surplus to transfer at stage {stage}. Check whose votes were transferred.",
    ),
    "stages.wrong_surplus": ReasonRow(
        "a surplus that is not the largest",
        "{name}'s surplus of {votes} is transferred at stage {stage}, but {due} has a larger one, or had more votes "
        "before: {least}. Check whose it was.",
    ),
    "stages.surplus_first": ReasonRow(
        "somebody excluded while there was a surplus to transfer",
        "{name} is excluded at stage {stage}, but the surplus of {due} comes first. Check what was done.",
    ),
    "stages.wrong_exclusion": ReasonRow(
        "somebody excluded who was not the lowest",
        "{name} is excluded at stage {stage} with {votes} votes, but the lowest is {due} with {least}. "
        "Check who was excluded.",
    ),
    "stages.cannot_be_excluded": ReasonRow(
        "somebody excluded who was elected or excluded before",
        "{name} was elected or excluded before stage {stage}, and cannot be excluded. Check who was.",
    ),
    "stages.lot_missing": ReasonRow(
        "equal votes at every stage, and no lot recorded",
        "{tied} have had equal votes at every stage ({votes}). Name who was drawn by lot at stage {stage} in its lot.",
    ),
    "stages.lot_not_needed": ReasonRow(
        "a lot at a stage where nobody had equal votes at every stage",
        "A lot is recorded at stage {stage}, but the votes decide. Leave it out, or check the figures.",
    ),
    "stages.below_quota": ReasonRow(
        "somebody elected at a stage who had not reached the quota, and could not be without",
        "{name} is elected at stage {stage} with {votes} votes, below the quota of {quota}, while more continue than "
        "there are seats. Check who was elected.",
    ),
    "stages.elected_before": ReasonRow(
        "somebody elected at a stage who was elected before",
        "{name} was elected before stage {stage}. Name everybody at the stage at whose end they were elected.",
    ),
    "stages.elected_left_out": ReasonRow(
        "somebody not named as elected at a stage who is",
        "{name} is elected at stage {stage} with {votes} votes; the quota is {quota}. Add the name to elected, or "
        "leave it out: then it follows from the votes.",
    ),
    "stages.others_elected": ReasonRow(
        "others declared elected than the stages elect",
        "Declared elected: {stated}. The stages elect: {counted}. One of the two is wrong.",
    ),
}
"""By code."""
