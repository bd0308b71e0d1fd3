"""What aggregate knows. Pure: ledger entries in, results and tallies out."""
