"""Why a stage stops for good: what no waiting and no repeating can mend."""


class StageFailed(RuntimeError):  # noqa: N818  # says what has happened; its children do too
    """A stage has stopped; a person has to look."""


class Emptied(StageFailed):
    """The server has forgotten what the stage had committed: emptied, or rolled back to its beginning."""

    def __init__(self, stage: str, partition: str) -> None:
        """Name what is gone."""
        super().__init__(
            f"The server has lost {partition}: {stage} had committed entries, and now there is no trace of them. "
            f"Nothing more is accepted. Bring the election back with `tallywire restore`, then start again."
        )


class Damaged(StageFailed):
    """What the server keeps of a stage cannot be: some of it was lost, or changed by somebody else."""

    def __init__(self, stage: str, partition: str, what: str) -> None:
        """Say what cannot be."""
        super().__init__(
            f"What the server keeps of {stage} for {partition} cannot be: {what}. Nothing more is taken. "
            f"`tallywire verify` says what is wrong and what to do. Then start again."
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
    """Our own rule fails on most of what looks good: parking it all would hide a fault of ours."""

    def __init__(self, stage: str, partition: str, failed: int, of: int, reason: str) -> None:
        """Say how many of the last entries failed, and why the last one did."""
        super().__init__(
            f"The rule of {stage} fails on {failed} of the last {of} good entries of {partition} ({reason}). "
            f"The line stops here rather than park an election. Mend the rule; or, where somebody else wrote to the "
            f"stream, take those entries out (XDEL). Then start again."
        )
