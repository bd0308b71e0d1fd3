"""The board: an election as people look at it, at any moment."""
