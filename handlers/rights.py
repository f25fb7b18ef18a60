"""Who may do what, as a table: `python -m handlers.rights` writes docs/rights.md, and a test compares it."""

import sys
from pathlib import Path

from handlers.feature import Feature, Needs, Route

WHO = {
    Needs.NOTHING: "everybody",
    Needs.ORGANISER: "organisers",
    Needs.HOST: "organisers and hosts",
    Needs.DISTRICT: "organisers of the whole district",
    Needs.ADMIN: "admins",
    Needs.REGISTER: "those who keep the register",
    Needs.AUDITOR: "auditors",
}

HEAD = """# Who may do what

Written by `python -m handlers.rights` from what each feature declares; a test keeps it true. Rights are
checked when a command is given or a button pressed, and whose it is what it is about: an association's own
things are for its own people. `tests/handlers/test_matrix.py` tries every role at every line below.

- **Organiser** of an association: calls people, changes, answers, connects groups, lets in organisers and
  hosts there.
- **Organiser of the whole district**: the same everywhere; the associations themselves. Let in by an admin.
- **Admin**: the same, keeps the register, lets in and takes back every role, approves. Let in by two admins,
  or by the operator's single-use code.
- **Registrar** of an association or of all: sees and keeps the register there. Let in by an admin; an
  association's also by an organiser there who keeps it.
- **Auditor**: reads the log of steps. Let in by an admin.
- **Host** of one activity: changes it, calls it off, sees who comes, writes to them, answers questions about
  it, until a month after it. Let in by its association's organisers.

Whoever is let in opens a single-use invitation, and the one who gave it confirms. Rights come neither from a
name, a forwarded text or being administrator of a group, nor from linking an account: they are an account's
own: the one that opened the first invitation, and no other that was linked before. Another account of the
same person gets them by an invitation from somebody who could give each of them.

**Two persons** are needed to let in an admin, for the register as a file, for an import that takes away over
a tenth, and for a message to over a thousand outside an activity: one asks, another admin approves, within
three days.

| feature | what | who | |
|---|---|---|---|
"""


def table(features: tuple[Feature, ...]) -> str:
    """The page docs/rights.md: a line for each command, button, form and file."""
    lines = [line for feature in features for line in _lines(feature)]
    return HEAD + "\n".join(lines) + "\n"


def _lines(feature: Feature) -> list[str]:
    commands = [_line(feature, f"/{one.route.name}", one.route) for one in feature.commands]
    buttons = [_line(feature, f"button {route.name}", route) for route in feature.buttons]
    forms = [_line(feature, f"form {one.form.name}", one.route) for one in feature.forms]
    files = {id(one): one.route for one in feature.files.values()}.values()
    return commands + buttons + forms + [_line(feature, "a file sent in private", route) for route in files]


def _line(feature: Feature, what: str, route: Route) -> str:
    facts = ", ".join(fact.value.replace("_", " ") for fact in route.facts)
    return f"| {feature.name} | `{what}` | {WHO[route.needs]} | {facts} |"


def main() -> int:
    """The page is written."""
    from handlers import FEATURES  # noqa: PLC0415 - the list imports every feature, this file is one of the package's

    Path(sys.argv[1] if len(sys.argv) > 1 else "docs/rights.md").write_text(table(FEATURES), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
