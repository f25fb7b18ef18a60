"""The states of a delivery as a picture: `python -m bot.delivery.diagram` writes docs/delivery.md."""

import sys
from pathlib import Path

from bot.delivery.decisions import MOVES, SENT_ONCE_MORE, Reason
from db.models import State

HEAD = """# The states of a delivery

Written by `python -m bot.delivery.diagram` from `MOVES` in `bot/delivery/decisions.py`, the one file that
decides; a test keeps it true, and another walks through the ledger at random and meets these moves and no others.

"""
MEANS = {
    State.READY: "waits until it may go",
    State.CLAIMED: "a worker has it, and has not begun",
    State.SENDING: "may be on the platform from here on",
    State.SENT: "on the platform",
    State.HELD: "perhaps on the platform; a person decides",
    State.DEAD: "cannot be delivered; the organiser sees it",
    State.EXPIRED: "too late",
    State.CANCELLED: "called off",
}
TAIL = f"""
What is left when a worker dies is decided by whoever comes next: CLAIMED waits again; SENDING is perhaps sent, and goes
once more for these kinds: {
    ", ".join(sorted(SENT_ONCE_MORE))
}, reminder (while it helps). Discord takes the same message twice for one within
two minutes, so there anything goes once more that is sure to arrive that soon. The rest is HELD. Every end but SENT carries a reason: {
    ", ".join(sorted(reason for reason in Reason if reason is not Reason.AGAIN))
}, or the word of whoever called it off.
"""  # noqa: E501 - paragraphs


def page() -> str:
    """The page docs/delivery.md."""
    arrows = [f"    {was.name} --> {becomes.name}" for was, moves in MOVES.items() for becomes in moves]
    picture = "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> {State.READY.name}", *arrows, "```"])
    states = "\n".join(f"| {state.name} | {means} |" for state, means in MEANS.items())
    why = "\n".join(
        f"| {was.name} | {becomes.name} | {reason} |"
        for was, moves in MOVES.items()
        for becomes, reason in moves.items()
    )
    tables = f"| state | |\n|---|---|\n{states}\n\n| from | to | because |\n|---|---|---|\n{why}\n"
    return f"{HEAD}{picture}\n\n{tables}{TAIL}"


def main() -> int:
    """The page is written."""
    Path(sys.argv[1] if len(sys.argv) > 1 else "docs/delivery.md").write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
