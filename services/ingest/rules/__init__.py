"""The rules of ingest: whether an entry that anybody sent is a message that can be true, and what follows from it.

Pure: bytes and what was accepted before in; accepted, a duplicate or refused out. Begin with ``judging``; the kinds of
message are the table in ``messages``.
"""
