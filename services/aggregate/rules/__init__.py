"""The rules of aggregate. Pure: ledger entries in; results, states of control and tallies out."""
