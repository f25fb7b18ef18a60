"""The starter: makes its environment, passes everything on, and keeps `run` running."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PATIENCE_SECONDS = 60.0

# A bot that tells what it was given. `run` writes a line at each start and ends as the file `ends` says.
BOT = """
import os, pathlib, signal, sys, time
here = pathlib.Path(os.environ.get("NOTES", "."))
if sys.argv[1:2] != ["run"]:
    print(sys.argv[1:], os.getcwd())
    sys.exit(7 if "seven" in sys.argv else 0)
def told(number, frame):
    with open(here / "signals", "a") as file: file.write(f"{signal.Signals(number).name}\\n")
    if (here / "signals").read_text().count("\\n") == 2: sys.exit(3)
signal.signal(signal.SIGTERM, told)
signal.signal(signal.SIGINT, told)
with open(here / "starts", "a") as file: file.write(f"{os.getpid()}\\n")
codes = (here / "ends").read_text().split()
started = (here / "starts").read_text().count("\\n")
if started <= len(codes): sys.exit(int(codes[started - 1]))
while True: time.sleep(0.05)
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A copy of the starter with a small bot; nothing is to be installed, so no network is needed."""
    root = tmp_path_factory.mktemp("house") / "a folder"
    (root / "bot").mkdir(parents=True)
    shutil.copy(ROOT / "kallelse", root)
    shutil.copy(ROOT / "bot" / "starter.py", root / "bot")
    (root / "bot" / "__init__.py").write_text("")
    (root / "bot" / "__main__.py").write_text(BOT)
    (root / "requirements.lock").write_text("# nothing\n")
    first = subprocess.run([sys.executable, root / "kallelse", "hej"], capture_output=True, text=True, check=False)
    assert first.returncode == 0, first.stderr
    assert "Making an environment" in first.stderr
    return root


@pytest.fixture
def notes(tmp_path):
    """Where the small bot writes what happens to it."""
    (tmp_path / "ends").write_text("")
    return tmp_path


def _start(root, *arguments, notes, **options):
    environment = {**os.environ, "NOTES": str(notes)}
    return subprocess.Popen(
        [sys.executable, root / "kallelse", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def _lines(file: Path) -> list[str]:
    return file.read_text().split() if file.exists() else []


def _until(condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


@pytest.mark.long
def test_everything_is_passed_on_from_any_folder(made, notes, tmp_path):
    """The folder one stands in stays, for files named on the command line are looked for there."""
    process = _start(made, "import-members", "medlemmar 1.csv", "--apply", notes=notes, cwd=tmp_path)
    out, err = process.communicate(timeout=PATIENCE_SECONDS)

    assert out == f"['import-members', 'medlemmar 1.csv', '--apply'] {tmp_path}\n"
    assert (err, process.returncode) == ("", 0)


def test_the_exit_code_is_the_commands_own(made, notes):
    """A script can tell whether it went well."""
    process = _start(made, "seven", notes=notes)
    process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 7


def test_run_is_started_again_after_the_watchdog_only(made, notes):
    """A hanging bot comes back by itself; one that cannot start says so once."""
    (notes / "ends").write_text("75 75 1")

    process = _start(made, "run", notes=notes)
    _, err = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 1
    assert len(_lines(notes / "starts")) == 3
    assert err.count("starting it again") == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_reach_the_bot_once_each(made, notes, number):
    """The first asks for an orderly end, the second for an end at once: neither may be lost or doubled."""
    process = _start(made, "run", notes=notes)
    _until(lambda: _lines(notes / "starts"))

    process.send_signal(number)
    _until(lambda: _lines(notes / "signals"))
    process.send_signal(number)
    process.communicate(timeout=PATIENCE_SECONDS)

    assert _lines(notes / "signals") == [number.name, number.name]
    assert process.returncode == 3


def test_a_killed_starter_leaves_no_bot_behind(made, notes):
    """Two of them would be one too many."""
    process = _start(made, "run", notes=notes)
    _until(lambda: _lines(notes / "starts"))
    [bot] = _lines(notes / "starts")

    process.kill()
    process.communicate(timeout=PATIENCE_SECONDS)

    _until(lambda: not Path(f"/proc/{bot}/cmdline").exists() or not Path(f"/proc/{bot}/cmdline").read_bytes())


def test_a_later_start_is_quick_and_quiet(made, notes):
    """Setting up is for the first time."""
    began = time.monotonic()
    process = _start(made, "hej", notes=notes)
    _, err = process.communicate(timeout=PATIENCE_SECONDS)

    assert err == ""
    assert time.monotonic() - began < 3


@pytest.mark.long
def test_a_half_made_environment_is_made_again_by_one_of_two(made, notes):
    """Somebody pressed Ctrl-C the first time, and then started it in two windows."""
    (made / ".venv" / "kallelse.json").unlink()
    (made / ".venv" / "bin" / "python").unlink()

    both = [_start(made, "hej", notes=notes) for _ in range(2)]
    said = [process.communicate(timeout=PATIENCE_SECONDS) for process in both]

    assert [process.returncode for process in both] == [0, 0]
    assert all(out.startswith("['hej']") for out, _ in said)
    assert sum(err.count("Making an environment") for _, err in said) == 1


def test_a_changed_lock_file_is_installed_without_starting_over(made, notes):
    """After an upgrade one start suffices."""
    mark = made / ".venv" / "mark"
    mark.touch()
    (made / "requirements.lock").write_text("# something else\n")

    process = _start(made, "hej", notes=notes)
    _, err = process.communicate(timeout=PATIENCE_SECONDS)

    assert "Installing what requirements.lock names" in err
    assert "Making an environment" not in err
    assert mark.exists()


def test_a_failed_installation_is_one_sentence_and_is_tried_again(made, notes):
    """A network that is down is not the end."""
    good = (made / "requirements.lock").read_text()
    (made / "requirements.lock").write_text(f"./nowhere --hash=sha256:{'0' * 64}\n")
    failed = _start(made, "hej", notes=notes)
    out, err = failed.communicate(timeout=PATIENCE_SECONDS)
    (made / "requirements.lock").write_text(good)
    later = _start(made, "hej", notes=notes)
    later.communicate(timeout=PATIENCE_SECONDS)

    assert (failed.returncode, out, later.returncode) == (1, "", 0)
    assert err.strip().endswith("could not be installed; the reason is above. Is there a network?")


@pytest.mark.long
def test_an_environment_whose_python_changed_is_made_again(made, notes):
    """The system moved to a newer Python; what was installed for the old one cannot be used."""
    stamp = made / ".venv" / "kallelse.json"
    stamp.write_text(json.dumps({**json.loads(stamp.read_text()), "python": "3.10"}))

    process = _start(made, "hej", notes=notes)
    _, err = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 0
    assert "Making an environment" in err


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_missing_venv_is_named_as_debian_calls_it(made, missing):
    """Debian parts Python: the sentence is the command that mends it."""
    program = (
        f"import sys; sys.modules[{missing!r}] = None; sys.path.insert(0, {str(made)!r})\n"
        "from bot import starter; starter.make_venv()"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert ended.stderr == (
        f"Python's venv module is missing. On Debian or Ubuntu: sudo apt install python{version}-venv\n"
    )
    assert ended.returncode == 1


def test_a_python_that_is_too_old_is_told_so(made, tmp_path):
    """Without a newer one on the machine there is nothing but a sentence; with one, it is taken."""
    program = (
        f"import sys; sys.path.insert(0, {str(made)!r}); sys.version_info = (3, 9, 2)\n"
        "from bot import starter; starter.use_new_python(); print('went on')"
    )
    alone = subprocess.run(
        [sys.executable, "-c", program], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    (tmp_path / "python3.12").write_text("#!/bin/sh\nexit 127\n")  # a version manager's name that leads nowhere
    (tmp_path / "python3.11").write_text(
        f'#!/bin/sh\n[ "$1" = -c ] && [ $# = 2 ] && exec {sys.executable} "$@"\necho new\n'
    )
    for name in ("python3.11", "python3.12"):
        (tmp_path / name).chmod(0o755)
    with_newer = subprocess.run(
        [sys.executable, "-c", program], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )

    assert alone.stderr.startswith("Kallelse needs Python 3.11 or newer, and this is ")
    assert "sudo apt install python3 python3-venv" in alone.stderr
    assert alone.returncode == 1
    assert (with_newer.stdout, with_newer.returncode) == ("new\n", 0)
