"""Issued reports (已印发的报告): a finished report read back to the ledger that it came from."""
