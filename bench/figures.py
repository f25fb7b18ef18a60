"""Figures as people compare them: medians, percentiles, ratios, and the machine they were taken on."""

import os
import platform
import statistics
from collections.abc import Sequence
from importlib.metadata import version

LIBRARIES = ("python-telegram-bot", "discord.py", "sqlalchemy", "aiosqlite", "aiohttp")


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of the values do not pass."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def machine() -> str:
    """What the figures were taken on, and with which versions."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123 - a kernel file, read by the line
        model = next((line.partition(":")[2].strip() for line in file if line.startswith("model name")), "?")
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return f"{os.cpu_count()} cores ({model}), Python {platform.python_version()}, {versions}"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """The rows as a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
