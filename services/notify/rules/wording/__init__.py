"""All the words of notify. House style: short, present tense, party first; the verb agrees with the party's name.

english: grammar. seats: who won, by how much, and what else is so. life: flashes, recounts, withdrawals and
corrections. swings: the largest swing. control: councils, parliaments and regions.
"""
