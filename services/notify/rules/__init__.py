"""The rules of notify. Pure: a result or a state of control in, headlines out.

headlines: the rule itself, and the event it makes. draft: a headline before that, and the rule of what stands and what
is taken back. occasions: the table of all there is to say. seat_headlines, swing_headlines, completion and
control_headlines: which of it is said, and when. seats_won, facts and seat_sentences: a result read for its seats, and
for what else is so of it. subjects: the data of a headline. memory: what was said before. wording: all the words.
"""
