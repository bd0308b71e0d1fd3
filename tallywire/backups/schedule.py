"""Backups every few minutes, until asked to end."""

import threading
from collections.abc import Callable
from typing import Final

import structlog

from tallywire.backups.making import Wanted, make_backups
from tallywire.backups.store import Store
from tallywire.client.errors import TallywireError, UsageError
from tallywire.evidence.whole_ledger import LedgerProgress

log: Final = structlog.get_logger()


def keep_making(  # noqa: PLR0913  # each is an option of the command
    url: str,
    election: str | None,
    store: Store,
    wanted: Wanted,
    progress: LedgerProgress,
    *,
    every_s: float,
    ended: threading.Event,
    note_good: Callable[[], None],
) -> None:
    """Make backups until ``ended`` is set. What fails is logged, and tried again the next time.

    After each round in which every election had its backup ``note_good`` is called.

    Raises:
        UsageError: the place cannot be one at the beginning: there is no such folder or bucket, or no credentials.
    """
    first = True
    while True:
        good = True
        try:
            for made in make_backups(url, election, store, wanted, progress):
                good = good and made.error is None and made.continues
                if made.error is not None:
                    log.error("backup.failed", election=made.election, reason=str(made.error))
                elif made.written and made.backup is not None:
                    log.info("backup.made", election=made.election, backup=made.backup.name, removed=made.removed)
                if not made.continues:
                    log.error("backup.not_continued", election=made.election)
        except TallywireError as error:
            if first and isinstance(error, UsageError):
                raise
            log.error("backup.failed", reason=str(error))  # noqa: TRY400  # its text says it all
            good = False
        if good:
            note_good()
        first = False
        if ended.wait(every_s):
            return
