"""A group of commands: options may stand before the command, and each ends with a sentence and an exit code.

No traceback reaches a user.
"""

import os
import re
import sys
from collections.abc import Iterator
from typing import Any, Final

import typer
from typer.core import TyperGroup

from tallywire.cli.exit_codes import Exit, exit_code, sentence

DEBUG: Final = "TALLYWIRE_TRACEBACK"
"""Environment variable that makes a fault of ours show its traceback."""


_HYPHEN_AND_KEY_ID = re.compile("-[A-Za-z0-9_-]{42}")


class Commands(TyperGroup):
    """A group of commands."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401  # typer's signature
        """Find the command, and hand it the options that were given before it.

        It reads them as if they stood behind it: one that it does not have is a mistake, and is said to be.
        """
        name, command, rest = super().resolve_command(ctx, args)
        # One key id in 64 begins with a hyphen, and would be read as options.
        if rest and _HYPHEN_AND_KEY_ID.fullmatch(rest[0]):
            rest = [*rest[1:], "--", rest[0]]
        return name, command, [*_given(ctx), *rest]

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  # typer's signature
        """Run the command."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            from tallywire.cli.usage import in_our_words

            raise in_our_words(error)  # noqa: B904  # it is the same error
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


def _given(ctx: Any) -> Iterator[str]:  # noqa: ANN401  # typer's type
    """Yield the options of a group that stand on the command line, as they could be typed."""
    for parameter in ctx.command.params:
        source = ctx.get_parameter_source(parameter.name)
        if parameter.expose_value and source is not None and source.name == "COMMANDLINE":
            value = ctx.params[parameter.name]
            yield parameter.opts[0]
            if not parameter.is_flag:
                yield str(value)


def say(message: str) -> None:
    """Say something on standard error."""
    from tallywire.cli.screen import open_console, plain

    open_console(stderr=True).print("\n".join(map(plain, message.split("\n"))), soft_wrap=True)
