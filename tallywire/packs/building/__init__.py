"""Makes an election pack from tables: candidates, contests, and what else is known. The columns are in docs/packs.md.

``columns`` says what a row may hold and ``cells`` how its text is read, ``tables`` reads rows from CSV files,
``parties`` knows the parties, ``ballots`` puts candidates to their contests, ``history`` takes back what was corrected
later, ``register`` and ``declarations`` write the pack, ``missing`` lists what no table said, ``fault_source`` finds
the row behind a fault of the pack, and ``build`` does one after the other.
"""
