"""Makes `.venv` from a hash-locked requirements file, and keeps `run` running in it.

Shared by `./kallelse` and `./check` before anything is installed: standard library only, and annotations
of newer Pythons in quotes, so that an old one gets far enough to say what is missing.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "kallelse.json"  # written last: an environment without it is a half-made one

OLDEST = (3, 11)
NEWER = ("python3.13", "python3.12", "python3.11", "python3.14")
START_AGAIN = 75  # how the watchdog ends a process that hangs
PR_SET_PDEATHSIG = 1  # linux/prctl.h


def start(arguments: "list[str]") -> int:
    """Pass `arguments` on to the command line in `bot`; `run` and `demo` are watched over."""
    prepare("requirements.lock")
    command = [str(PYTHON), "-P", "-m", "bot", *arguments]
    if arguments[:1] in (["run"], ["demo"]):
        return watch_over(command)
    return os.execve(PYTHON, command, environment())  # noqa: S606 - no shell is the point


def environment() -> "dict[str, str]":
    """Ours, with the code findable from any current directory."""
    path = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, path))}


def prepare(lock: str) -> None:
    """`.venv` holds what `lock` names, made or mended where necessary; otherwise we end with a sentence."""
    use_new_python()
    if is_ready(lock):
        return
    try:
        with only_one():
            if not is_ready(lock):  # another start may have made it while we waited
                make(lock)
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. The next start goes on from here.")
    except OSError as error:
        sys.exit(f"Kallelse could not set itself up in {VENV}: {error.strerror}.")


def use_new_python() -> None:
    """Go on under a Python that is new enough, or end with a sentence."""
    if sys.version_info[:2] >= OLDEST:
        return
    test = f"import sys; sys.exit(sys.version_info[:2] < {OLDEST})"
    for name in NEWER:
        for folder in os.get_exec_path():
            found = Path(folder, name)  # tried, for version managers leave names that do not work
            if found.exists() and subprocess.call([found, "-c", test], stderr=subprocess.DEVNULL) == 0:  # noqa: S603 - from PATH on purpose
                os.execv(found, [str(found), *sys.argv])  # noqa: S606 - no shell is the point
    sys.exit(
        f"Kallelse needs Python 3.11 or newer, and this is {sys.version.split()[0]}. "
        "On Debian or Ubuntu: sudo apt install python3 python3-venv"
    )


def is_ready(lock: str) -> bool:
    """Whether the environment was made to the end from this very lock file, and its Python is still there."""
    made = stamp()
    return made.get(lock) == digest(lock) and made.get("python") == venv_version()


def stamp() -> "dict[str, str]":
    """What the environment was made from: its Python, and each lock file's digest. Empty: half-made."""
    try:
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError):
        return {}


def digest(lock: str) -> str:
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def venv_version() -> str:
    """Such as 3.11; empty when the environment's Python does not start."""
    ask = [str(PYTHON), "-I", "-S", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        return subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603 - our own
    except (OSError, subprocess.CalledProcessError):
        return ""


@contextlib.contextmanager
def only_one() -> "Iterator[None]":
    """No other start sets up meanwhile. The lock is on the folder itself, so it leaves no file behind."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another start is setting up; waiting for it.")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def make(lock: str) -> None:
    """The environment is there and holds what `lock` names."""
    before = stamp()
    if not before or before["python"] != venv_version():
        before = {}
        make_venv()
    STAMP.unlink(missing_ok=True)
    say(f"Installing what {lock} names (a minute or so, the first time) ...")
    install = ["-m", "pip", "install", "-qq", "--require-hashes", "--requirement", str(ROOT / lock)]
    ended = subprocess.call([str(PYTHON), *install, "--no-input", "--disable-pip-version-check"])  # noqa: S603 - our own
    if ended == 0:
        write_stamp({**before, "python": venv_version(), lock: digest(lock)})
        return
    if before:
        write_stamp(before)  # pip takes back what it could not finish
    sys.exit(f"The libraries in {lock} could not be installed; the reason is above. Is there a network?")


def write_stamp(made: "dict[str, str]") -> None:
    new = STAMP.with_suffix(".new")
    new.write_text(json.dumps(made, indent=1))
    new.replace(STAMP)


def make_venv() -> None:
    """An empty environment stands where there was none, or half of one."""
    if not importlib.util.find_spec("venv") or not importlib.util.find_spec("ensurepip"):
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        sys.exit(f"Python's venv module is missing. On Debian or Ubuntu: sudo apt install {package}")
    say(f"Making an environment in {VENV} ...")
    if VENV.exists():
        shutil.rmtree(VENV)
    import venv  # noqa: PLC0415 - needed once, and missing on some systems

    try:
        venv.create(VENV, with_pip=True)
    except subprocess.CalledProcessError:
        sys.exit("Python's venv could not put pip into the new environment. Is the disk full?")


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def watch_over(command: "list[str]") -> int:
    """The exit code of `command`, which is started again while it ends with START_AGAIN.

    Signals are waited for rather than handled, so none is lost or doubled around a start. The process has a
    group of its own: Ctrl-C in a terminal reaches it once, through us.
    """
    watched = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD}
    watched -= {one for one in watched if signal.getsignal(one) == signal.SIG_IGN}  # as under nohup
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_BLOCK, watched)
    stopping = False
    child = spawn(command)
    while True:
        number = signal.sigwait(watched)
        if number != signal.SIGCHLD:
            stopping = True
            child.send_signal(number)
        elif child.poll() is not None:
            if child.returncode != START_AGAIN or stopping:
                return child.returncode if child.returncode >= 0 else 128 - child.returncode
            say("Kallelse hung and was ended; starting it again.")
            child = spawn(command)


def spawn(command: "list[str]") -> "subprocess.Popen[bytes]":
    """A process that does not outlive us, even when we are killed: two of them would be one too many."""
    parent = os.getpid()
    libc = ctypes.CDLL(None)

    def tie_to_parent() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        if sys.platform == "linux":
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        command,
        env=environment(),
        process_group=0,
        preexec_fn=tie_to_parent,  # noqa: PLW1509 - we have one thread
    )
