"""``python -m tallywire``."""

from tallywire.cli import main

if __name__ == "__main__":
    main()
