"""Takes declarations, or says why not: everything that enters the ledger passes here."""
