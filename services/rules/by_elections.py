"""Which contests are by-elections. Pure."""


def is_by_election(ballot_id: str) -> bool:
    """Return whether a contest is a by-election.

    Source: Democracy Club's election ids, in which ``by`` is then the last segment before the date:
    ``parl.oldham-west-and-royton.by.2015-12-03``.
    """
    return ballot_id.split(".")[-2] == "by"
