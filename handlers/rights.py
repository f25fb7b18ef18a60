"""Who may do what, as a table: `python -m handlers.rights` writes docs/rights.md, and a test compares it."""

import sys
from pathlib import Path

from handlers.feature import Feature, Needs, Route

WHO = {
    Needs.NOTHING: "everybody",
    Needs.ORGANISER: "organisers",
    Needs.HOST: "organisers and hosts",
    Needs.DISTRICT: "organisers of the whole district",
    Needs.ADMIN: "organisers of the whole district who were let in as such",
    Needs.REGISTER: "those who keep the register",
    Needs.AUDITOR: "auditors",
}

HEAD = """# Who may do what

Written by `python -m handlers.rights` from what each feature declares; a test keeps it true. Rights are checked
when a command is given or a button pressed. "Organisers" act for their own association only: which one an object
belongs to is checked in the handler (`ctx.require`). Organiser rights come from another organiser, or from the
operator's single-use code; never from a name, a forwarded text, or being administrator of a group.

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
