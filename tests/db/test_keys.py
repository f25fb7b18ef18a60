"""Encryption at rest, and the key file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from db.keys import Encrypted, KeyFileError, Keys, load_keys, use_keys

DIALECT = sqlite.dialect()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_what_is_encrypted_comes_back_and_is_nowhere_to_be_read(text):
    """A stolen database file tells no name."""
    use_keys(Keys.fresh())
    column = Encrypted("account.address")

    sealed = column.process_bind_param(text, DIALECT) or b""

    assert column.process_result_value(sealed, DIALECT) == text
    assert len(text) < 4 or text.encode() not in sealed
    assert column.process_bind_param(text, DIALECT) != sealed


def test_a_value_cannot_be_moved_or_changed():
    """A copied or flipped byte is an error, not another person's address."""
    use_keys(Keys.fresh())
    sealed = Encrypted("account.address").process_bind_param("4711", DIALECT) or b""

    with pytest.raises(ValueError, match="another column"):
        Encrypted("chat.address").process_result_value(sealed, DIALECT)
    for index in range(len(sealed)):
        changed = sealed[:index] + bytes([sealed[index] ^ 1]) + sealed[index + 1 :]
        with pytest.raises(ValueError, match="account"):
            Encrypted("account.address").process_result_value(changed, DIALECT)


def test_the_key_file_is_made_once_and_only_for_its_owner(tmp_path):
    """The database cannot be read without it, and nobody else may read it."""
    path = tmp_path / "keys.json"

    made, again = load_keys(path), load_keys(path)

    assert made == again
    assert path.stat().st_mode & 0o777 == 0o600
    assert made.index.hex() not in repr(made)


def test_a_key_file_others_can_read_is_refused(tmp_path):
    """With the sentence that mends it."""
    path = tmp_path / "keys.json"
    load_keys(path)
    path.chmod(0o644)

    with pytest.raises(KeyFileError, match="chmod 600"):
        load_keys(path)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"encryption": {"zz": "x"}}'])
def test_a_broken_key_file_is_never_overwritten(tmp_path, content):
    """A new key would make everything unreadable for good."""
    path = tmp_path / "keys.json"
    path.write_text(content)
    path.chmod(0o600)

    with pytest.raises(KeyFileError, match="Put your copy"):
        load_keys(path)
    assert path.read_text() == content
