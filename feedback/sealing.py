"""Seals what stands in the open row of a poll, so that no file of the database can be read without the server's key.

A database keeps earlier versions of a row for a while (SQLite's log, PostgreSQL's dead rows and its log), and two
neighbouring versions differ by one answer. They are wiped (`feedback.wiping`), but there is always a moment before,
and PostgreSQL's log is beyond our reach. The key comes from SECRET_KEY, which no database, dump or backup holds.

The size tells little: what is sealed is filled up to 4 KiB, 8 KiB, 16 KiB and so on.
"""

import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.crypto import salted_hmac

SMALLEST = 4096
NONCE = 12  # bytes, as AES-GCM wants them


class UnreadableError(Exception):
    """Sealed with a key that this server does not have."""


def seal(content: Any) -> bytes:
    """Returns `content` (what JSON can say) sealed with the present key; the same content looks different each time."""
    plain = json.dumps(content).encode()
    size = SMALLEST
    while size < len(plain):
        size *= 2
    nonce = os.urandom(NONCE)
    return nonce + _cipher(settings.SECRET_KEY).encrypt(nonce, plain.ljust(size), None)


def unseal(sealed: bytes) -> Any:
    """Returns what was sealed with the present key or a former one; raises UnreadableError with any other."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return json.loads(_cipher(key).decrypt(sealed[:NONCE], sealed[NONCE:], None))
        except InvalidTag:
            continue
    raise UnreadableError


def _cipher(key: str) -> AESGCM:
    return AESGCM(salted_hmac("feedback.sealing", "open row", secret=key, algorithm="sha256").digest())
