"""Keeps the parts of the process running, each by itself, and ends it when it hangs or is told to."""

import asyncio
import logging
import os
import random
import signal
import threading
import time
from collections.abc import Awaitable, Callable
from types import FrameType

from bot.logs import brief

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 300.0
SETTLED_SECONDS = 60.0  # a part that ran this long starts over with short pauses

HANGS_AFTER_SECONDS = 10.0
LOOK_SECONDS = 1.0
START_AGAIN = 75  # the starter runs us again after this exit code

STOP_WITHIN_SECONDS = 20.0  # 15 to drain what is being sent, the rest to close
FAILED = 1


async def keep_running(
    name: str, run: Callable[[], Awaitable[None]], is_stopping: Callable[[], bool] = lambda: False
) -> None:
    """`run` is called again whenever it ends, after a pause that grows with failures. Ends when stopping."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        began = time.monotonic()
        try:
            await run()
            if is_stopping():
                return
            log.warning("%s ended by itself", name)
        except Exception as error:  # noqa: BLE001 - whatever one part throws, the others go on
            log.warning("%s failed: %s", name, brief(error))
        if time.monotonic() - began > SETTLED_SECONDS:
            pause = FIRST_PAUSE_SECONDS
        await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads retries, hides nothing
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


class Watchdog:
    """Ends the process when nobody called `beat` for ten seconds, so that the starter can run it anew."""

    def __init__(self) -> None:
        """Not watching yet."""
        self._last = time.monotonic()
        self._stopped = threading.Event()

    @property
    def age_seconds(self) -> float:
        """How long ago the last beat was."""
        return time.monotonic() - self._last

    def beat(self) -> None:
        """The process is alive."""
        self._last = time.monotonic()

    def start(self) -> None:
        """From now on a hanging process is ended with START_AGAIN."""
        self.beat()
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def stop(self) -> None:
        """An orderly end has its own deadline."""
        self._stopped.set()

    def _watch(self) -> None:
        looked = time.monotonic()
        while not self._stopped.wait(LOOK_SECONDS):
            now = time.monotonic()
            if now - looked > 2 * LOOK_SECONDS:  # we were held ourselves: a stopped process, a suspended machine
                self.beat()
            elif now - self._last > HANGS_AFTER_SECONDS:  # by the same look: we may be held between two
                log.critical("nothing has moved for %d seconds; ending the process", HANGS_AFTER_SECONDS)
                os._exit(START_AGAIN)
            looked = now


class Stop:
    """Waits for the signal to end. A second one, or a deadline, ends the process at once."""

    def __init__(self) -> None:
        """Signals are taken from now on."""
        self._loop = asyncio.get_running_loop()
        self._asked = asyncio.Event()
        self._signals = 0
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if signal.getsignal(number) != signal.SIG_IGN:
                # signal.signal, not the loop's: a second signal must also end a loop that is busy
                signal.signal(number, self._signalled)

    def _signalled(self, _number: int, _frame: FrameType | None) -> None:
        self._signals += 1
        if self._signals > 1:
            os._exit(FAILED)
        self._loop.call_soon_threadsafe(self.ask)

    def ask(self) -> None:
        """The process is to end."""
        if not self._asked.is_set():
            self._asked.set()
            deadline = threading.Timer(STOP_WITHIN_SECONDS, os._exit, (FAILED,))
            deadline.daemon = True
            deadline.start()

    async def wait(self) -> None:
        """Comes back when the process is to end."""
        await self._asked.wait()
