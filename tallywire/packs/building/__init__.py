"""Makes an election pack from tables: candidates, contests, and what else is known. The columns are in docs/packs.md.

``columns`` says what a row may hold and ``cells`` how its text is read, ``tables`` reads rows from CSV files,
``party_book`` knows the parties, ``ballots`` puts candidates to their contests, ``history`` takes back what was
corrected later, ``register`` and ``declarations`` write the pack, ``missing`` says what nobody told, ``blame`` finds
the row behind a fault of the pack, and ``building`` does one after the other.
"""
