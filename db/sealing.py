"""Seals a file for keeping: AES-GCM in numbered chunks, so that a large one needs no large memory.

The header says with which key, when and how much; it is the associated data of every chunk, the chunk's number is
its nonce, and the last one is marked: nothing can be cut off, changed, moved or put in unseen. Each file has a key
of its own, derived by HKDF, so that numbers may be nonces (the STREAM construction of Hoang, Reyhanitabar, Rogaway
and Vizár, 2015).
"""

import secrets
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from db.keys import NONCE_BYTES, Keys

MAGIC = b"KALLELSE"
VERSION = 1
PURPOSE = b"kallelse backup"
SALT_BYTES = 32
TAG_BYTES = 16
CHUNK = 1024 * 1024  # bytes, before sealing
HEADER = struct.Struct(f">8sB4s{SALT_BYTES}sQQ")  # magic, version, key id, salt, made at (Unix time), size


class SealError(Exception):
    """The file cannot be opened; the sentence says what it is instead, and begins after the file's name."""


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before the chunks. `size`: bytes of what was sealed; `raw`: the header as it is in the file."""

    key_id: bytes
    salt: bytes
    made_at: datetime
    size: int
    raw: bytes

    @property
    def chunks(self) -> int:
        """How many follow; what is empty has one, too."""
        return max(1, -(-self.size // CHUNK))

    @property
    def sealed_size(self) -> int:
        """Bytes of the whole file."""
        return len(self.raw) + self.size + self.chunks * TAG_BYTES


def seal(source: BinaryIO, target: BinaryIO, keys: Keys, *, size: int, made_at: datetime) -> None:
    """The `size` bytes of `source` are sealed in `target`. Errors: ValueError when `source` is shorter."""
    key_id = next(reversed(keys.encryption))
    salt = secrets.token_bytes(SALT_BYTES)
    moment = int(made_at.timestamp())
    header = _header(HEADER.pack(MAGIC, VERSION, key_id, salt, moment, size))
    target.write(header.raw)
    cipher = _cipher(keys, header)
    for number in range(header.chunks):
        chunk = source.read(_chunk_size(header, number))
        if len(chunk) != _chunk_size(header, number):
            raise ValueError("shorter than it was said to be")
        target.write(cipher.encrypt(_nonce(number), chunk, _about(header, number)))


def read_header(source: BinaryIO) -> Header:
    """What stands before the chunks; it is only sure to be true once `unseal` has ended. Errors: SealError."""
    raw = source.read(HEADER.size)
    if raw[: len(MAGIC)] != MAGIC:
        raise SealError("is not a backup of Kallelse.")
    if len(raw) > len(MAGIC) and raw[len(MAGIC)] > VERSION:
        raise SealError("was made by a later version of Kallelse.")
    if len(raw) < HEADER.size:
        raise SealError(f"is cut short: only {len(raw)} bytes are there.")
    return _header(raw)


def unseal(source: BinaryIO, keys: Keys, target: BinaryIO | None = None) -> Header:
    """What was sealed is in `target`, true to the last byte; None: it is only looked through.

    Errors: SealError; `target` may then hold a part of it.
    """
    header = read_header(source)
    if header.key_id not in keys.encryption:
        raise SealError("was made with another key file: put the keys.json that belongs to it in place first.")
    cipher = _cipher(keys, header)
    for number in range(header.chunks):
        chunk = _opened(source, cipher, header, number)
        if target is not None:
            target.write(chunk)
    if source.read(1):
        raise SealError("is damaged: something follows its end.")
    return header


def _opened(source: BinaryIO, cipher: AESGCM, header: Header, number: int) -> bytes:
    wanted = _chunk_size(header, number) + TAG_BYTES
    sealed = source.read(wanted)
    if len(sealed) < wanted:
        raise SealError(f"is cut short: of its {header.sealed_size} bytes some at the end are missing.")
    try:
        return cipher.decrypt(_nonce(number), sealed, _about(header, number))
    except InvalidTag as error:
        raise SealError("is damaged: what it holds was changed.") from error


def _header(raw: bytes) -> Header:
    _, _, key_id, salt, moment, size = HEADER.unpack(raw)
    try:
        made_at = datetime.fromtimestamp(moment, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise SealError("is damaged: it says nothing of when it was made.") from error
    return Header(key_id, salt, made_at, size, raw)


def _cipher(keys: Keys, header: Header) -> AESGCM:
    derived = HKDF(SHA256(), 32, salt=header.salt, info=PURPOSE).derive(keys.encryption[header.key_id])
    return AESGCM(derived)


def _chunk_size(header: Header, number: int) -> int:
    return min(CHUNK, header.size - number * CHUNK)


def _nonce(number: int) -> bytes:
    return number.to_bytes(NONCE_BYTES, "big")


def _about(header: Header, number: int) -> bytes:
    return header.raw + (b"\x01" if number == header.chunks - 1 else b"\x00")
