"""The ledger floor (台账): files in, goals and tasks out. Knows nothing of documents."""
