"""Errors that stop a stage for good: neither waiting nor repeating helps, a person has to act."""


class StageFailed(RuntimeError):  # noqa: N818  # the children say what has happened, and so does this one
    """A stage has stopped for good. The message is for an operator: what happened, and what to do."""


class Emptied(StageFailed):
    """The server has lost what the stage had committed: it was emptied, or rolled back to its beginning."""

    def __init__(self, stage: str, partition: str) -> None:
        """Name the stage and the partition that is gone."""
        super().__init__(
            f"The server has lost {partition}: {stage} had committed entries, and now there is no trace of them. "
            f"Nothing more is accepted. Bring the election back with `tallywire restore`, then start again."
        )


class Damaged(StageFailed):
    """The stored state of a stage is inconsistent: some of it was lost, or changed by somebody else."""

    def __init__(self, stage: str, partition: str, what: str) -> None:
        """Name the stage and the partition, and say what is inconsistent."""
        super().__init__(
            f"The stored state of {stage} for {partition} is inconsistent: {what}. Nothing more is accepted. "
            f"`tallywire verify` says what is wrong and what to do. Then start again."
        )


class Outdated(StageFailed):
    """What is read was written by a later release, and to go on without it would be wrong."""

    def __init__(self, stream: str, partition: str, what: str, release: str) -> None:
        """Name what only a later release knows.

        Args:
            stream: the stream that is read.
            partition: the partition.
            what: what is unknown, and where: ``an event of type a.b.v1 at entry 7``.
            release: the release that does not know it.
        """
        super().__init__(
            f"The {stream} of {partition} has {what}, which this release ({release}) does not know. "
            f"Start a release that does (see the changelog)."
        )


class OtherForm(StageFailed):
    """What the server keeps of a stage was written by another release, which keeps it in another form."""

    def __init__(self, stage: str, partition: str, found: str, form: int) -> None:
        """Say which form was found, and which one is known."""
        super().__init__(
            f"What the server keeps of {stage} for {partition} was written by another release: it is of form {found}, "
            f"and this release keeps form {form}. Nothing was changed. Stop all services, run `tallywire rebuild "
            f"--election {partition}`, which makes it anew from the ledger, and start them again."
        )


class TooMuchPoison(StageFailed):
    """Our own rule fails on most of the good entries: to park them all would hide a fault of ours."""

    def __init__(self, stage: str, partition: str, failed: int, of: int, reason: str) -> None:
        """Say how many of the last good entries failed, and why the last one did."""
        super().__init__(
            f"The rule of {stage} fails on {failed} of the last {of} good entries of {partition} ({reason}). "
            f"The stage has stopped, so that it does not park an election. Fix the rule; or, where somebody else wrote "
            f"to the stream, remove those entries (XDEL). Then start again."
        )


class Undeclared(StageFailed):
    """A stage writes a stream or a table that its wiring does not name: the release is wrong, no entry is."""

    def __init__(self, stage: str, written: str) -> None:
        """Name the stage, and what it would have written."""
        super().__init__(
            f"The rule of {stage} writes {written}, which its wiring does not declare. Nothing of that batch was "
            f"committed. This is a fault of the release: start the one before it, or one in which it is fixed."
        )
