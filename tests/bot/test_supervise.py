"""Parts that fail alone, a process that ends when told, and one that is ended when it hangs."""

import asyncio
import signal
import socket
import subprocess
import sys

import pytest

from bot import lock, server, supervise

PATIENCE_SECONDS = 30


async def test_a_part_that_fails_is_started_again_and_the_reason_is_told_without_its_words(monkeypatch, caplog):
    """One platform being down is a line in the log, and no more."""
    monkeypatch.setattr(supervise, "FIRST_PAUSE_SECONDS", 0.001)
    starts = 0
    reached = asyncio.Event()

    async def part():
        nonlocal starts
        starts += 1
        if starts == 1:
            raise ConnectionError("Testa Testsson")
        if starts == 3:
            reached.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(supervise.keep_running("telegram", part))
    await asyncio.wait_for(reached.wait(), PATIENCE_SECONDS)
    task.cancel()
    await asyncio.wait({task})

    assert task.cancelled()
    assert "telegram failed: ConnectionError at " in caplog.text
    assert "telegram ended by itself" in caplog.text
    assert "Testa" not in caplog.text


async def test_a_part_that_ends_when_all_is_stopping_stays_ended():
    """Nothing is begun again on the way out."""

    async def part():
        pass

    await asyncio.wait_for(supervise.keep_running("delivery", part, lambda: True), PATIENCE_SECONDS)


def _process(code):
    program = f"import asyncio, signal, time\nfrom bot import logs, supervise\nlogs.start()\n{code}"
    return subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


STOPS = """
async def main():
    stop = supervise.Stop()
    print("ready", flush=True)
    await stop.wait()
    print("asked", flush=True)
    time.sleep({seconds})
asyncio.run(main())
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_the_first_signal_asks_and_the_second_ends_at_once(number):
    """Also when the loop is busy and would never hear of it."""
    process = _process(STOPS.format(seconds=PATIENCE_SECONDS))
    assert process.stdout.readline() == "ready\n"

    process.send_signal(number)
    assert process.stdout.readline() == "asked\n"
    process.send_signal(number)
    process.communicate(timeout=PATIENCE_SECONDS / 2)

    assert process.returncode == 1


def test_an_end_that_takes_too_long_is_cut_short():
    """A supervisor that waits for us waits a known time."""
    process = _process(f"supervise.STOP_WITHIN_SECONDS = 0.2\n{STOPS.format(seconds=PATIENCE_SECONDS)}")
    assert process.stdout.readline() == "ready\n"

    process.terminate()
    process.communicate(timeout=PATIENCE_SECONDS / 2)

    assert process.returncode == 1


BEATS = """
for _ in range(10):
    time.sleep(0.1)
    watchdog.beat()
watchdog.stop()
"""
WATCHED = """
supervise.HANGS_AFTER_SECONDS, supervise.LOOK_SECONDS = 2.0, 0.2
watchdog = supervise.Watchdog()
watchdog.start()
print("ready", flush=True)
"""


def test_a_process_that_hangs_ends_with_the_code_that_starts_it_again():
    """Nobody has to notice."""
    process = _process(f"{WATCHED}\ntime.sleep({PATIENCE_SECONDS})")

    _, said = process.communicate(timeout=PATIENCE_SECONDS / 2)

    assert process.returncode == supervise.START_AGAIN
    assert "nothing has moved" in said


@pytest.mark.long
def test_a_process_that_moves_or_ends_in_order_is_left_alone():
    """The watchdog is no second deadline."""
    process = _process(f"{WATCHED}{BEATS}time.sleep(3)")

    process.communicate(timeout=PATIENCE_SECONDS / 2)

    assert process.returncode == 0


@pytest.mark.long
def test_a_process_that_was_held_is_given_a_moment():
    """A suspended laptop, a stopped process: it has not hung."""
    process = _process(f"{WATCHED}{BEATS}")
    assert process.stdout.readline() == "ready\n"

    process.send_signal(signal.SIGSTOP)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(3)
    process.send_signal(signal.SIGCONT)
    process.communicate(timeout=PATIENCE_SECONDS / 2)

    assert process.returncode == 0


HOLDS = """
import sys
from pathlib import Path
from bot import lock
with lock.locked(Path(sys.argv[1])):
    print("had", flush=True)
    input()
"""


def test_a_lock_is_had_by_one_and_freed_by_its_end(tmp_path, monkeypatch):
    """Also by kill -9: nothing has to be cleaned up by hand."""
    monkeypatch.setattr(lock, "PATIENCE_SECONDS", 0.1)
    command = [sys.executable, "-c", HOLDS, tmp_path]
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdout is not None
    assert other.stdout.readline() == b"had\n"

    with pytest.raises(lock.LockError, match="already runs"), lock.locked(tmp_path):
        pass
    other.kill()
    other.communicate()
    monkeypatch.setattr(lock, "PATIENCE_SECONDS", PATIENCE_SECONDS)

    with lock.locked(tmp_path):
        assert (tmp_path / lock.NAME).exists()


def test_a_taken_port_and_a_wrong_host_are_told_apart():
    """Each is mended in another way."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(server.PortError, match=f"Port {port} on 127.0.0.1 is taken"):
            server.bind("127.0.0.1", port)
    with pytest.raises(server.PortError, match=r"KALLELSE_WEB_HOST nowhere\.invalid is no address"):
        server.bind("nowhere.invalid", 0)
    server.bind("127.0.0.1", port).close()
