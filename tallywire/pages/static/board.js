// The board's script. The page is complete without it.
