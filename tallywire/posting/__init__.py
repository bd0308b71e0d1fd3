"""The posting service: count centres post declarations over HTTP, and are answered with the receipt.

It is a client of the wire and holds no rule: it appends what was sent to the election's stream, waits for the receipt,
and passes it on. Any number of processes may serve the same elections; one that dies loses nothing that was answered.
"""
