"""The key file, and what it is used for: encryption, blind indexes and the MACs of buttons."""

import contextlib
import hashlib
import hmac
import json
import os
import secrets
import tempfile
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from datetime import datetime
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
    """The secrets of one installation. `encryption` maps key ids to keys; the last one encrypts.

    `retired`: since when no value in the database is under that older key.
    """

    encryption: dict[bytes, bytes]
    index: bytes
    buttons: bytes
    retired: dict[bytes, datetime] = field(default_factory=dict)

    @classmethod
    def fresh(cls) -> "Keys":
        """New random keys."""
        keys = {secrets.token_bytes(KEY_ID_BYTES): secrets.token_bytes(32)}
        return cls(keys, secrets.token_bytes(32), secrets.token_bytes(32))

    def blind_index(self, *parts: str) -> bytes:
        """What stands in for a value where it must be found again: HMAC-SHA-256 with a key of its own."""
        return hmac.digest(self.index, "\x1f".join(parts).encode("utf-8", "replace"), hashlib.sha256)

    def code_hash(self, code: str) -> bytes:
        """What is stored of a single-use code."""
        return self.blind_index("code", code)


def load_keys(path: Path) -> Keys:
    """The keys of that file, which is made when it is not there. Errors: KeyFileError."""
    try:
        _create(path)
    except OSError as error:
        raise _unusable(path, error) from error
    return read_keys(path)


def read_keys(path: Path) -> Keys:
    """The keys of that file. Errors: KeyFileError."""
    try:
        if path.stat().st_mode & 0o077:
            raise KeyFileError(f"{path} can be read by others. Run: chmod 600 {path}")
        return _parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: Exception) -> KeyFileError:
    return KeyFileError(f"{path} cannot be used ({type(error).__name__}). Put your copy of it there.")


def _create(path: Path) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    _write(handle, Keys.fresh())


def save_keys(path: Path, keys: Keys) -> None:
    """The file holds these keys, from one moment to the next, and after a power cut too. Errors: OSError.

    Only one process at a time may save: what an earlier one left when it was killed is gone.
    """
    for left in path.parent.glob(f".{path.name}.*"):
        left.unlink(missing_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    try:
        _write(handle, keys)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write(handle: int, keys: Keys) -> None:
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(_text(keys))
        file.flush()
        os.fsync(file.fileno())


def _text(keys: Keys) -> str:
    encryption = {key_id.hex(): b64encode(key).decode() for key_id, key in keys.encryption.items()}
    simple = {"index": b64encode(keys.index).decode(), "buttons": b64encode(keys.buttons).decode()}
    retired = {key_id.hex(): moment.isoformat() for key_id, moment in keys.retired.items()}
    return json.dumps({"encryption": encryption, **simple, "retired": retired}, indent=1)


def _parse(text: str) -> Keys:
    raw = json.loads(text)
    encryption = {bytes.fromhex(key_id): b64decode(key) for key_id, key in raw["encryption"].items()}
    retired = {bytes.fromhex(key_id): datetime.fromisoformat(at) for key_id, at in raw.get("retired", {}).items()}
    return Keys(encryption, b64decode(raw["index"]), b64decode(raw["buttons"]), retired)


_ring: dict[bytes, AESGCM] = {}
_current: list[bytes] = []
_file: list[Path] = []


def use_keys(keys: Keys, file: Path | None = None) -> None:
    """From now on `Encrypted` columns are read with any key seen so far and written with the last of these.

    `file`: where a key that is not known yet is looked for, for another process may have begun to use one.
    """
    for key_id, key in keys.encryption.items():
        _ring[key_id] = AESGCM(key)
        _current[:] = [key_id]
    if file is not None:
        _file[:] = [file]


def seal_value(name: str, value: str) -> bytes:
    """What is stored of a value of that column."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = _ring[_current[0]].encrypt(nonce, value.encode("utf-8", "replace"), name.encode())
    return _current[0] + nonce + sealed


def open_value(name: str, stored: bytes) -> str:
    """The value that was stored in that column. ValueError when the key is missing or the bytes were changed."""
    key = _ring.get(stored[:KEY_ID_BYTES]) or _key_of_file(stored[:KEY_ID_BYTES])
    if key is None:
        raise ValueError(f"{name}: its key is not in the key file")
    start = KEY_ID_BYTES + NONCE_BYTES
    try:
        return key.decrypt(stored[KEY_ID_BYTES:start], stored[start:], name.encode()).decode()
    except InvalidTag as error:
        raise ValueError(f"{name}: changed or of another column") from error


def _key_of_file(key_id: bytes) -> AESGCM | None:
    for file in _file:
        with contextlib.suppress(KeyFileError):
            keys = read_keys(file)
            if key_id in keys.encryption:
                use_keys(keys)
    return _ring.get(key_id)


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
        return None if value is None else seal_value(self.name, value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """What was stored. ValueError when the key is missing or the bytes were changed."""
        return None if value is None else open_value(self.name, bytes(value))
