"""What ingest knows: whether an entry that anybody sent is a declaration that can be true.

Pure: bytes and a register in; an event, or every reason against it, out. ``examining`` is the door.
"""
