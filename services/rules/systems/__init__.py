"""How votes become winners: one file a voting system, its law at the head. Pure, and the same for every service."""
