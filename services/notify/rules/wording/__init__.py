"""Every word that notify says. House style: short, present tense, party first; the verb agrees with the party's name.

english: names, verbs, numbers and lists. seats: who won, and by how much. life: flashes, recounts, withdrawals and
corrections. facts: what is remarkable about a seat. control: councils, parliaments and regions.
"""
