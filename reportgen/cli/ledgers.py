"""Commands about the ledger (台账类命令): forms out to the units, their returns in, an issued report back."""
