"""The rules of notify. Pure: a result or a state of control in, headlines out.

headlines: the rule itself, and the event it makes. occasions: the table of all there is to say. seat_headlines,
further_headlines, completion and control_headlines: which of it is said, and when. seats_won and seat_sentences: a
result read for its seats. subjects: the data of a headline. memory: what was said before. wording: all the words.
"""
