"""The group of all commands, with one way for each of them to end: a sentence and an exit code, never a traceback."""

import os
import sys
from typing import Any, Final

import typer
from typer.core import TyperGroup

from tallywire.cli.exit_codes import Exit, exit_code, sentence

DEBUG: Final = "TALLYWIRE_TRACEBACK"
"""Environment variable that makes a fault of ours show its traceback."""


class Commands(TyperGroup):
    """The commands."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  # typer's signature
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, typer.TyperException):
            raise
        except KeyboardInterrupt as interrupt:
            raise typer.Exit(exit_code(interrupt)) from interrupt
        except BrokenPipeError as error:
            # Whoever read our output has seen enough; what Python still flushes at its end goes nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(Exit.DONE) from error
        except Exception as error:
            code = exit_code(error)
            if code is not Exit.FAULT:
                say(sentence(error))
            elif os.environ.get(DEBUG):
                raise
            else:
                say(
                    f"This is a fault in Tallywire: {type(error).__name__}: {error}\n"
                    f"With {DEBUG}=1 in the environment the same command says where; please report it."
                )
            raise typer.Exit(code) from error


def say(message: str) -> None:
    """Say something on standard error."""
    from tallywire.cli.screen import open_console, plain

    open_console(stderr=True).print("\n".join(map(plain, message.split("\n"))), soft_wrap=True)
