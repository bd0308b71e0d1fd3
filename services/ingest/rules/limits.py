"""Limits on what ingest accepts, each with its reason."""

from typing import Final

CONTEST_BYTES_MAX: Final = 64 * 1024
"""Bytes of a message about a contest that has no local counts. A declaration of 12 candidates has 500; the longest
ballot paper known would stay under 32 KB."""

CONTEST_VALUES_MAX: Final = 4_000
"""Values in such a message, counted by its commas and brackets before it is parsed: an amendment of all candidates that
a contest may have has 2,500. Each costs some tenths of a microsecond; 64 KiB of nothing but brackets would be 32,000.
"""

LOCAL_COUNT_BYTES_MAX: Final = 32
"""Bytes of a local count, a candidate's id and a figure. A message may be longer by so much for each that one of the
election's contests can have."""

LOCAL_COUNT_VALUES_MAX: Final = 2
"""Values of a local count: one for the figure, and as many again for the names and brackets of the areas."""

DECLARATION_BYTES_MAX: Final = 256 * 1024
"""Bytes of the longest message but a register: what the contest with most local counts may need, and some more."""

REGISTER_BYTES_MAX: Final = 32 * 1024 * 1024
"""10,000 contests (every seat of every council polling on one day) of 1.2 KB, more than twice over."""

REGISTER_VALUES_MAX: Final = 1_000_000
"""Values in a register. 10,000 contests have 500,000; 32 MiB of nothing but brackets would otherwise unfold into
gigabytes."""

VALUE_BYTES_MIN: Final = 12
"""Bytes for each value of a register: real ones have seventeen and more."""

REPEATED_BYTES_MAX: Final = 16 * 1024
"""Bytes of an event in which every field that is given twice is looked for; of a larger one the first is told. Ten
times a declaration."""

FAULTS_MAX: Final = 300
"""Faults in one entry that are looked for: more than anybody makes by mistake. A sender with more is told that, and
none of them: each takes microseconds to find and to place."""

REASONS_MAX: Final = 50
"""Nobody reads further, and a receipt must stay small whatever was sent; the last one says how many more."""

PATH_LENGTH_MAX: Final = 200
"""Characters of a path in a reason: whole for every field that we know, cut for what a sender invents."""

SHOWN_LENGTH_MAX: Final = 60
"""Characters of a sender's value repeated in a sentence: enough to recognise it by."""

SHOWN_DIGITS_MAX: Final = 20
"""Digits of a sender's number repeated in a sentence."""

NAMES_LISTED_MAX: Final = 6
"""Names in one sentence; of more, only that there are more is told."""

NEAREST_AMONG_MAX: Final = 1_000
"""Known names among which the nearest to an unknown one is looked for, for all unknown names of an entry together: each
takes some microseconds."""

FIELDS_KEPT_MAX: Final = 100
"""Fields of a refused entry that are kept beside its reasons. An event has one; an entry of empty fields may have
thousands."""

REVISIONS_AHEAD_MAX: Final = 10
"""How far a revision may be beyond the highest one taken of its contest: a few may be on their way, or lost. Whoever
could take the last one at once would close the contest: no correction could follow."""

KEPT_BYTES_MAX: Final = 2 * 1024 * 1024
"""Bytes of a refused entry's names and values, all together, that are kept beside its reasons: twice what anybody
sends by mistake. The whole of it stays on the declarations stream."""

REFUSED_BYTES_MAX: Final = 256 * 1024 * 1024
"""Bytes of refused entries kept a second time in one election: half a million declarations of 500 bytes. Whoever
sends garbage all night must not fill the server three times over; further refusals have their reasons, and what was
sent stays on the declarations stream alone."""

ATTRIBUTES_MAX: Final = 100
"""Extension attributes of an event. CloudEvents documents some twenty; each stays on the ledger for good."""

LEDGER_ENTRIES_MAX: Final = 5_000_000
"""Entries on one ledger: what 10,000 contests need when each is heard of 500 times. Of each declaration ingest holds
identity and revision, measured at 470 bytes: 2.4 GB, which it must load before it judges the first entry. The server
held 15 kB of each of the general election of 2024, on all streams and in all tables: that would be 75 GB."""

CONTESTS_MAX: Final = 20_000
"""Contests in a register: twice every seat of every British council polling on one day."""

CANDIDATES_MAX: Final = 500
"""Candidates in a contest: twice the longest ballot paper known, 214 names at Battle River-Crowfoot in 2025. And stages
of a count by single transferable vote, in which each candidate's votes are transferred once at most."""

LISTED_PEOPLE_MAX: Final = 100
"""Names on a list: as many as a contest may have seats. More could never be elected."""

LISTS_PEOPLE_MAX: Final = 2_500
"""Names on all lists of a contest: 25 full lists for as many seats as a contest may have. An amendment writes them
anew, and a declaration of seats may have to look through them."""

CONSTITUENCIES_MAX: Final = 50
"""Constituencies of a region with list seats: three times London's 14. Its allocation is looked at again with each."""

AREAS_MAX: Final = 500
"""Local areas in which one contest is counted: the referendum of 2011 had 440, that of 2016 had 382."""

LOCAL_COUNTS_MAX: Final = 5_000
"""Figures in the local counts of one contest: ten times those of London's mayor in 33 boroughs with 14 candidates. To
judge so many, and to publish them, takes milliseconds in which everybody else waits (docs/load.md, "Behind a flood").
"""

STAGE_FIGURES_MAX: Final = 2_500
"""Totals and transfers in the stages of one count: 27 candidates in 21 stages, as many as one of the largest counts
had, are 1,134. To follow one takes microseconds."""

PARTIES_MAX: Final = 10_000
"""Parties and descriptions in a register: twenty times those registered. A tally may list each."""

REGIONS_MAX: Final = 2_000
"""Groupings in a register: 400 councils, regions and broadcasters, five times over. The register publishes a tally
of each in one step."""

CONTEST_REGIONS_MAX: Final = 50
"""Groupings that one contest belongs to; 3 are usual. Each result tells the progress of all of them, and changes as
many tallies."""

BODIES_MAX: Final = 1_000
"""Councils and parliaments in a register: twice those there are. The register publishes the control of each."""

LANDMARKS_MAX: Final = 100
"""Landmarks of a body: more would make a headline of every seat."""

TIME_BEHIND_S_MAX: Final = 6 * 60 * 60
"""How long ago, by the server's clock, a signed message may say that it was made: a night without a network, and an
hour of retries after it. What is older may have been kept to be played again."""

TIME_AHEAD_S_MAX: Final = 15 * 60
"""How far ahead of the server's clock it may say so: the clock of a laptop that nobody has set."""

KEYS_PER_PERSON_MAX: Final = 2
"""Keys of one person that are valid at a time: the old one and the new one, while one takes the place of the other."""
