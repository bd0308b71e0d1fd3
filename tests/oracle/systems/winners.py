"""Who is elected by what stands of a contest, under every voting system; read from the declaration and the ledger."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tests.oracle.recount import Heard, elected_by, hear, kind_of, once
from tests.oracle.systems.regions import carried_in, individuals, people_of, seats_of, waits_for

Json = dict[str, Any]
LISTS = ("additional-member", "closed-list")


@once
def elected(heard: Heard, ballot: str) -> list[str]:
    """Return who is elected so far, one item a seat; a list as often as it has seats, in the order of the seats."""
    contest, said = heard.register["contests"][ballot], heard.standing[ballot]
    if contest["voting_system"] == "single-transferable-vote" and kind_of(said) in ("declared", "stage"):
        return followed(contest, said).elected
    if contest["voting_system"] in LISTS and kind_of(said) == "declared":
        return seats_declared(heard, ballot)
    if contest["voting_system"] == "referendum":
        return answer(said)
    return sorted(elected_by(contest, said)[0])


def answer(said: Json) -> list[str]:
    """Return the answer with most votes; none where several have as many."""
    votes: dict[str, int] = said.get("votes") or {}
    most = [one for one in votes if votes[one] == max(votes.values())]
    return most if len(most) == 1 else []


def seats_declared(heard: Heard, ballot: str) -> list[str]:
    """Return the lists that have the seats, in the order of the rule where they are those of it, else as declared.

    Of closed lists nobody need say who has them: they are those of the rule.
    """
    then, said = checked_at(heard, ballot), heard.standing[ballot]
    if then is None or against_the_rule(heard, ballot):
        return list(said["elected"])
    return [seat.to for seat in seats_of(then, ballot, said) or ()]


def against_the_rule(heard: Heard, ballot: str) -> bool:
    """Whether a second person has confirmed other seats than those of the rule: what was declared stands in law."""
    then, said = checked_at(heard, ballot), heard.standing[ballot]
    if then is None or "elected" not in said:
        return False
    return sorted(said["elected"]) != sorted(seat.to for seat in seats_of(then, ballot, said) or ())


@once
def checked_at(heard: Heard, ballot: str) -> Heard | None:
    """Return when the seats were held against the rule: first, since they were declared, with all winners known.

    None where they never were, or never were those of the rule. Where a second person lets them pass, they were held
    against it when they were declared, whatever it gives.
    """
    said, declared = heard.standing[ballot], heard.places[ballot] + 1
    for length in range(declared, len(heard.ledger) + 1):
        then = hear(heard.ledger[:length])
        if not waits_for(then, ballot):
            seats = seats_of(then, ballot, said)
            confirmed = length == declared and "confirmedby" in heard.attributes[ballot]
            if seats is not None and (
                confirmed or sorted(said.get("elected") or (one.to for one in seats)) == sorted(one.to for one in seats)
            ):
                return then
    return None


def rests_on(heard: Heard, ballot: str) -> tuple[dict[str, int], list[str | None] | None]:
    """Return what a region's list seats come to: seats carried in, and who has each list seat by the rule.

    Who stands alone is the same person under another name.
    """
    seats = seats_of(heard, ballot, heard.standing[ballot])
    if seats is None:
        return carried_in(heard, ballot), None
    alone = individuals(heard, heard.register["contests"][ballot])
    people = people_of(heard, ballot, seats)
    return carried_in(heard, ballot), [
        seat.to if seat.to in alone else who for seat, who in zip(seats, people, strict=True)
    ]


@once
def under_review(heard: Heard, ballot: str) -> bool:
    """Whether a region's seats are in doubt.

    Those held against the rule are where a constituency is unknown again, or carries a seat into another list, or
    strikes somebody else from one; those that never agreed with it are once all winners are known.
    """
    contest, said = heard.register["contests"][ballot], heard.standing[ballot]
    if contest["voting_system"] != "additional-member" or kind_of(said) != "declared":
        return False
    then, waits = checked_at(heard, ballot), bool(waits_for(heard, ballot))
    if then is None:
        return not waits
    return waits or rests_on(then, ballot) != rests_on(heard, ballot)


def in_doubt(heard: Heard) -> set[str]:
    """Return the contests whose winners may be others: something waits for a second person, or a region is in doubt."""
    return {*heard.under_review(), *(ballot for ballot in heard.standing if under_review(heard, ballot))}


@dataclass
class Followed:
    """A declared count by stages, followed from its totals alone."""

    quota: int
    history: list[dict[str, Fraction]]
    elected: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    elected_at: dict[str, int] = field(default_factory=dict)
    excluded_at: dict[str, int] = field(default_factory=dict)

    @property
    def continuing(self) -> list[str]:
        """Who is neither elected nor excluded."""
        return [one for one in self.history[0] if one not in self.elected and one not in self.excluded]

    def elect(self, names: list[str]) -> None:
        """Elect some at the end of the stage, most votes first."""
        votes = self.history[-1]
        for one in sorted(names, key=lambda name: (-votes[name], name)):
            self.elected.append(one)
            self.elected_at[one] = len(self.history)


def followed(contest: Json, said: Json) -> Followed:
    """Return what the stages of a declaration come to; without any, who is declared elected."""
    seats, irish = contest["seats"], contest["counting_rules"] == "northern-ireland"
    votes = {one: Fraction(number) for one, number in said["votes"].items()}
    count = Followed(sum(said["votes"].values()) // (seats + 1) + 1, [votes])
    _fill(count, seats, irish=irish, started=seats > 1 or not irish)
    for number, stage in enumerate(said.get("stages") or (), start=2):
        if stage["action"] == "exclusion":
            count.excluded += stage["of"]
            count.excluded_at |= dict.fromkeys(stage["of"], number)
        count.history.append({one: Fraction(stage["totals"].get(one, 0)) for one in votes})
        _fill(count, seats, irish=irish, started=True)
    left = seats - len(count.elected)
    if left and kind_of(said) == "declared":
        # The last excluded keeps the votes: the rest are elected.
        stages = [count.history[-1], *(count.history if irish else reversed(count.history))]
        order = sorted(count.continuing, key=lambda one: [-then[one] for then in stages])
        count.elect([one for one in order if one in said["elected"]] if "elected" in said else order[:left])
    return count


def _fill(count: Followed, seats: int, *, irish: bool, started: bool) -> None:
    votes = count.history[-1]
    if started:
        count.elect([one for one in count.continuing if votes[one] >= count.quota])
    if len(count.continuing) <= seats - len(count.elected):
        count.elect(count.continuing)
    if irish and started and seats - len(count.elected) == 1 and count.continuing:
        leader, *others = sorted(count.continuing, key=lambda one: -votes[one])
        surpluses = sum((votes[one] - count.quota for one in count.elected if votes[one] > count.quota), Fraction(0))
        equal = any(votes[one] == votes[leader] for one in others)
        if not equal and votes[leader] >= sum((votes[one] for one in others), surpluses):
            count.elect([leader])
