"""What a command of the operator's says when it ends."""

from pathlib import Path

ROOT = Path(__file__).parents[2]


def says(ended, sentence, code):
    """One sentence that begins so, nothing else, and that exit code."""
    assert ended.stderr.splitlines()[-1].startswith(f"Error: {sentence}"), ended.stderr
    assert "Traceback" not in ended.stderr
    assert (ended.returncode, ended.stdout) == (code, "")
