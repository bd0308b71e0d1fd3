"""The embedded server and the services beside it: what `tallywire run` and the demo start, keep and end."""
