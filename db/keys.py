"""The key file, and what it is used for: encryption, blind indexes and the MACs of buttons."""

import hashlib
import hmac
import json
import os
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

KEY_ID_BYTES = 4
NONCE_BYTES = 12


class KeyFileError(Exception):
    """The key file cannot be used; the sentence says what to do."""


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """The secrets of one installation. `encryption` maps key ids to keys; the last one encrypts."""

    encryption: dict[bytes, bytes]
    index: bytes
    buttons: bytes

    @classmethod
    def fresh(cls) -> "Keys":
        """New random keys."""
        keys = {secrets.token_bytes(KEY_ID_BYTES): secrets.token_bytes(32)}
        return cls(keys, secrets.token_bytes(32), secrets.token_bytes(32))

    def blind_index(self, *parts: str) -> bytes:
        """What stands in for a value where it must be found again: HMAC-SHA-256 with a key of its own."""
        return hmac.digest(self.index, "\x1f".join(parts).encode(), hashlib.sha256)

    def code_hash(self, code: str) -> bytes:
        """What is stored of a single-use code."""
        return self.blind_index("code", code)


def load_keys(path: Path) -> Keys:
    """The keys of that file, which is made when it is not there. Errors: KeyFileError."""
    try:
        _create(path)
        if path.stat().st_mode & 0o077:
            raise KeyFileError(f"{path} can be read by others. Run: chmod 600 {path}")
        return _parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeyFileError(
            f"{path} cannot be used ({type(error).__name__}). Put your copy of it there."
        ) from error


def _create(path: Path) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(_text(Keys.fresh()))
        file.flush()
        os.fsync(file.fileno())


def _text(keys: Keys) -> str:
    encryption = {key_id.hex(): b64encode(key).decode() for key_id, key in keys.encryption.items()}
    simple = {"index": b64encode(keys.index).decode(), "buttons": b64encode(keys.buttons).decode()}
    return json.dumps({"encryption": encryption, **simple}, indent=1)


def _parse(text: str) -> Keys:
    raw = json.loads(text)
    encryption = {bytes.fromhex(key_id): b64decode(key) for key_id, key in raw["encryption"].items()}
    return Keys(encryption, b64decode(raw["index"]), b64decode(raw["buttons"]))


_ring: dict[bytes, AESGCM] = {}
_current: list[bytes] = []


def use_keys(keys: Keys) -> None:
    """From now on `Encrypted` columns are read with any key seen so far and written with the last of these."""
    for key_id, key in keys.encryption.items():
        _ring[key_id] = AESGCM(key)
        _current[:] = [key_id]


class Encrypted(TypeDecorator[str]):
    """Text kept under AES-GCM: key id, a nonce a value, and the column's name as associated data."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, name: str) -> None:
        """`name` is "table.column"; a value moved to another column cannot be read there."""
        super().__init__()
        self.name = name

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """What is stored."""
        if value is None:
            return None
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = _ring[_current[0]].encrypt(nonce, value.encode("utf-8", "replace"), self.name.encode())
        return _current[0] + nonce + sealed

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """What was stored. ValueError when the key is missing or the bytes were changed."""
        if value is None:
            return None
        key = _ring.get(bytes(value[:KEY_ID_BYTES]))
        if key is None:
            raise ValueError(f"{self.name}: its key is not in the key file")
        start = KEY_ID_BYTES + NONCE_BYTES
        try:
            opened = key.decrypt(bytes(value[KEY_ID_BYTES:start]), bytes(value[start:]), self.name.encode())
        except InvalidTag as error:
            raise ValueError(f"{self.name}: changed or of another column") from error
        return opened.decode()
