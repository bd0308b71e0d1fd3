"""Says what is news: a headline for each result, in the house style."""
