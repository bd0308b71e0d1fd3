"""The results desk: what waits for somebody, the history of a contest, and deciding on what is held."""
