"""Ids and hashes of secrets (编号与口令摘要)."""

from __future__ import annotations

import hashlib
import secrets


def new_id() -> str:
    """An id that nobody guesses (编号): 128 bits."""
    return secrets.token_hex(16)


def new_token() -> str:
    """A secret for a URL or a header (令牌): 256 bits; only `hash_of` it is kept."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """What is kept of a token (令牌摘要); quick, since nobody guesses 256 bits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
