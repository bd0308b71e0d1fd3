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


class TooMuchPoison(StageFailed):
    """Our own rule fails on most of what looks good: parking it all would hide a fault of ours."""

    def __init__(self, stage: str, partition: str, failed: int, of: int, reason: str) -> None:
        """Say how many of the last entries failed, and why the last one did."""
        super().__init__(
            f"The rule of {stage} fails on {failed} of the last {of} good entries of {partition} ({reason}). "
            f"The line stops here rather than park an election; mend the rule and start again."
        )
