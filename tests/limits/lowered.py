"""A service with lowered limits, for tests that cannot wait until the true ones are reached.

``python tests/limits/lowered.py SERVICE MODULE:NAME=VALUE ...`` sets each constant and runs ``tallywire SERVICE``.
"""

import sys
from importlib import import_module


def main() -> None:
    """Lower the limits and run the command."""
    service, *changes = sys.argv[1:]
    for change in changes:
        place, _, value = change.partition("=")
        module, _, name = place.partition(":")
        found = import_module(module)
        # A constant that was renamed would be lowered in vain.
        setattr(found, name, type(getattr(found, name))(value))
    sys.argv = ["tallywire", service]
    import_module("tallywire.cli").main()


if __name__ == "__main__":
    main()
