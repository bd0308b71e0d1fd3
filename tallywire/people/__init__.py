"""Who may sign in an election: requests for keys, enrolling them, and the names of their holders."""
