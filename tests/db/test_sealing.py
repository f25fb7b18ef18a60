"""What is sealed comes out as it was, and nothing of it can be changed unseen."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from db import sealing
from db.keys import Keys
from db.sealing import HEADER, SealError, read_header, seal, unseal
from tests.room import KEYS, NOW

CHUNK = 64  # bytes here, so that a few chunks are a short file
SEALED = CHUNK + sealing.TAG_BYTES


@pytest.fixture(autouse=True, scope="module")
def _small_chunks():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "CHUNK", CHUNK)
        yield


def sealed(content: bytes, keys: Keys = KEYS) -> bytes:
    """The content, sealed."""
    target = BytesIO()
    seal(BytesIO(content), target, keys, size=len(content), made_at=NOW)
    return target.getvalue()


def opened(file: bytes, keys: Keys = KEYS) -> bytes:
    """What was sealed."""
    target = BytesIO()
    unseal(BytesIO(file), keys, target)
    return target.getvalue()


contents = some.binary(max_size=5 * CHUNK) | some.sampled_from(
    [bytes(size) for full in range(4) for size in (full * CHUNK - 1, full * CHUNK, full * CHUNK + 1) if size >= 0]
)
files = some.builds(sealed, contents)


@given(contents)
def test_any_size_comes_out_as_it_went_in(content):
    """Empty, and at the edges of chunks, too; the header is true."""
    file = sealed(content)
    header = read_header(BytesIO(file))

    assert opened(file) == content
    assert (header.made_at, header.size, header.sealed_size) == (NOW, len(content), len(file))


@given(contents)
def test_nothing_of_it_can_be_read_in_the_file(content):
    """Not even when the same is sealed twice."""
    first, second = sealed(content), sealed(content)

    assert len(content) < 8 or content not in first[HEADER.size :]
    assert first[HEADER.size :] != second[HEADER.size :]


@given(files, some.data())
def test_one_changed_bit_anywhere_is_seen(file, data):
    """In the header as well: when it was made decides what is held."""
    at = data.draw(some.integers(0, len(file) * 8 - 1))
    changed = bytearray(file)
    changed[at // 8] ^= 1 << at % 8

    with pytest.raises(SealError):
        opened(bytes(changed))


@given(files, some.data())
def test_a_file_that_is_cut_short_is_seen(file, data):
    """Between two chunks as well: a copy that stopped halfway."""
    length = data.draw(some.integers(0, len(file) - 1))

    with pytest.raises(SealError):
        opened(file[:length])


@given(files, some.binary(min_size=1))
def test_a_file_that_goes_on_is_seen(file, more):
    """Two files in one are none."""
    with pytest.raises(SealError):
        opened(file + more)


@settings(max_examples=200)
@given(some.binary(min_size=2 * CHUNK + 1, max_size=6 * CHUNK), some.data())
def test_chunks_cannot_be_moved_left_out_or_said_twice(content, data):
    """Each has its number, and the last one says so."""
    file = sealed(content)
    head, body = file[: HEADER.size], file[HEADER.size :]
    chunks = [body[at : at + SEALED] for at in range(0, len(body), SEALED)]
    picked = data.draw(some.lists(some.integers(0, len(chunks) - 1), max_size=len(chunks) + 2))

    if picked == [*range(len(chunks))]:
        return
    with pytest.raises(SealError):
        opened(head + b"".join(chunks[number] for number in picked))


@given(some.binary(min_size=CHUNK, max_size=3 * CHUNK))
def test_chunks_of_another_file_do_not_fit(content):
    """Two backups of the same content have no piece in common."""
    first, second = sealed(content), sealed(content)

    with pytest.raises(SealError, match="damaged"):
        opened(first[: HEADER.size] + second[HEADER.size :])


def test_another_key_file_is_told_from_damage():
    """The operator looks for the right keys.json rather than for another backup."""
    with pytest.raises(SealError, match="another key file"):
        opened(sealed(b"x"), Keys.fresh())


def test_a_key_that_was_replaced_still_opens():
    """Older backups stay readable after the keys were rotated."""
    rotated = Keys({**KEYS.encryption, b"next": bytes(32)}, KEYS.index, KEYS.buttons)

    assert opened(sealed(b"x"), rotated) == b"x"
    assert read_header(BytesIO(sealed(b"x", rotated))).key_id == b"next"


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (b"", "is not a backup"),
        (b"SQLite format 3\x00" * 9, "is not a backup"),
        (b"KALLELSE\x02" + bytes(99), "later version"),
        (b"KALLELSE\x01", "cut short"),
    ],
)
def test_what_is_no_backup_is_told_so(file, sentence):
    """One sentence each, before any key is tried."""
    with pytest.raises(SealError, match=sentence):
        opened(file)


def test_a_file_that_shrinks_while_it_is_sealed_is_no_backup():
    """Rather no backup than a half one."""
    with pytest.raises(ValueError, match="shorter"):
        seal(BytesIO(b"x"), BytesIO(), KEYS, size=2, made_at=NOW)
