"""Rows and files (存储): what must not be lost.

opening       the store and its transactions; tables and migrations/: what a database looks like
blobs         files, each by the hash of its bytes
ids           ids that nobody guesses, tokens and their hashes
periods  setting_files  ledgers  jobs  editions  people  tokens  links  returns  overrides  acceptances
webhooks  idempotency  audit
              the rows, a module for each noun: functions that take the connection first and give values of the model
"""
