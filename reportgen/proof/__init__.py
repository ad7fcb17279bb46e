"""Proofreading (校核): what a ledger or a finished document says, held against itself and the rules."""
