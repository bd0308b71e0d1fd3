"""All the words of notify. House style: short, present tense, party first; the verb agrees with the party's name.

english: grammar. seats: who won, and by how much. life: flashes, recounts, withdrawals and corrections. further: what
else is news about a contest. control: councils, parliaments and regions.
"""
