"""The intake (收发反馈): who answers for what, returns as rows, rows to their entries, all into one ledger."""
