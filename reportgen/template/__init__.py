"""The template floor (模板): configuration and ledger become a document tree. Knows no file format."""
