"""The table of reasons for which an entry is refused, and how each is put into words."""
