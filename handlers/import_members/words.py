"""What is said of a list of members: what it would change, and what is wrong with it."""

from collections.abc import Iterator

from markupsafe import Markup

from db.import_members.comparing import Difference
from db.import_members.limits import MAX_BYTES, MAX_ROWS
from db.import_members.problems import Problem, Reason
from texts import Translator, sentence

REASONS = {
    Reason.NO_NAME: sentence("no name"),
    Reason.NO_EMAIL_ADDRESS: sentence("not an e-mail address"),
    Reason.NO_TELEPHONE: sentence("not a telephone number"),
    Reason.NO_DATE: sentence("not a date; write it like 2026-03-01"),
    Reason.NO_YEAR: sentence("not a year"),
    Reason.TOO_LONG: sentence("too long"),
    Reason.FORMULA: sentence("looks like a formula"),
    Reason.QUOTES: sentence('a quotation mark (") is missing here, or there is one too many'),
    Reason.SAME_NUMBER: sentence("the same membership number as row {about}"),
    Reason.SAME_PERSON: sentence("the same person as row {about}"),
    Reason.NO_ASSOCIATION: sentence("there is no association called {about}"),
    Reason.NOT_YOURS: sentence("you do not keep the register of {about}"),
    Reason.ELSEWHERE: sentence("that membership number is in a register that you do not keep"),
    Reason.ANOTHER: sentence(
        "that membership number is somebody else's in the register. If it is the same person, let the name, "
        "e-mail or telephone be as it was this time; else leave the number out"
    ),
    Reason.AMBIGUOUS: sentence("fits more than one member"),
}
FILES = {
    Reason.EMPTY: sentence("There is nobody in that file. Nothing was changed."),
    Reason.TOO_LARGE: sentence("That file is too large: I take at most {megabytes} MB. Nothing was changed."),
    Reason.TOO_MANY_ROWS: sentence("That list is too long: I take at most {rows} rows. Nothing was changed."),
    Reason.NO_HEADINGS: sentence(
        "I find no headings in that list. One row above the names has to say what stands where, "
        "for example: First name, Last name, E-mail, Mobile, Association. Nothing was changed."
    ),
    Reason.NOT_A_LIST: sentence("That is no list that I can read: I take CSV and XLSX. Nothing was changed."),
    Reason.OLD_EXCEL: sentence(
        "That is an older Excel file, or one with a password. Save it as XLSX or CSV without one, and send that. "
        "Nothing was changed."
    ),
    Reason.DAMAGED: sentence("That file is damaged, or no list. Save it anew and send that. Nothing was changed."),
}
UNREAD = 10  # headings that are said
LIMITS = {"megabytes": MAX_BYTES // 2**20, "rows": MAX_ROWS}
FIELDS = {
    "number": sentence("membership number"),
    "name": sentence("name"),
    "email": sentence("e-mail"),
    "phone": sentence("telephone"),
    "address": sentence("address"),
    "association": sentence("association"),
    "joined_on": sentence("member since"),
    "paid_until": sentence("paid until"),
    "born_year": sentence("year of birth"),
    "language": sentence("language"),
}


def unreadable(t: Translator, reason: Reason) -> Markup:
    """Why the file cannot be taken, and what to do."""
    return t(FILES[reason], **LIMITS)


def problem(t: Translator, one: Problem) -> Markup:
    """Which row, which column, and why."""
    about = one.about or t.plain("those without an association")
    reason = t(REASONS[one.reason], about=about)
    if one.column:
        return t("row {row}, {column}: {reason}", row=one.row, column=one.column, reason=reason)
    return t("row {row}: {reason}", row=one.row, reason=reason)


def summary(t: Translator, difference: Difference) -> Iterator[Markup]:
    """What taking the list over would change, in numbers."""
    new, changed, gone = len(difference.new), len(difference.changed), len(difference.gone)
    yield t("New: {n}", n=new)
    if difference.returned:
        yield t("Changed: {n}, of whom {back} come back", n=changed, back=difference.returned)
    else:
        yield t("Changed: {n}", n=changed)
    if difference.by_field:
        yield t("Of them: {fields}", fields=", ".join(_by_field(t, difference)))
    if difference.renamed:
        yield t("Another name: {n}", n=difference.renamed)
    yield t("No longer in the list: {n}", n=gone)
    yield t("Unchanged: {n}", n=difference.unchanged)
    if difference.forgotten:
        yield t.count(
            difference.forgotten,
            one="{n} row is left out: that person asked to be forgotten",
            other="{n} rows are left out: those people asked to be forgotten",
        )
    yield covers(t, difference)
    if difference.unread:
        more = ["…"] if difference.unread[UNREAD:] else []
        yield t("Columns that I do not read: {names}.", names=", ".join([*difference.unread[:UNREAD], *more]))


def _by_field(t: Translator, difference: Difference) -> Iterator[str]:
    for field, (changed, emptied) in difference.by_field.items():
        said = f"{t.plain(FIELDS[field])} {changed}"
        yield t.plain("{changed} ({emptied} emptied)", changed=said, emptied=emptied) if emptied else said


def many(t: Translator, difference: Difference) -> Iterator[Markup]:
    """Why taking the list over asks."""
    gone, active, left = len(difference.gone), difference.active, difference.left
    if difference.removes_many and left:
        yield t(
            "{gone} of {active} members are not in the list, and {left} have left in the last seven days: "
            "together more than a tenth. They would be members no longer.",
            gone=gone,
            active=active,
            left=left,
        )
    elif difference.removes_many:
        yield t(
            "{gone} of {active} members are not in the list, more than a tenth. They would be members no longer.",
            gone=gone,
            active=active,
        )
    if difference.renames_many:
        yield t(
            "{renamed} of {active} members would have another name, more than a tenth. Has a column slipped?",
            renamed=difference.renamed,
            active=active,
        )
    yield from changes_many(t, difference)


def changes_many(t: Translator, difference: Difference) -> Iterator[Markup]:
    """What is done to many whose names stay."""
    if difference.moves_many:
        yield t(
            "{moved} of {known} members would be in another association, more than a tenth.",
            moved=difference.moved,
            known=difference.known,
        )
    if difference.empties_many:
        yield t(
            "{emptied} of {known} members would lose what is empty in the list, more than a tenth. "
            "Is a column empty that should not be?",
            emptied=difference.emptied,
            known=difference.known,
        )


def covers(t: Translator, difference: Difference) -> Markup:
    """Where those who are missing count as gone."""
    if difference.covers is None:
        return t("The list names no associations: I take it for the whole register.")
    return t(
        "Only these associations are in the list, and nobody is taken out of others: {names}.",
        names=", ".join(difference.covers) or "–",
    )


def changed_fields(t: Translator, fields: tuple[str, ...], *, returns: bool) -> str:
    """What of a member differs."""
    back = [t.plain("comes back")] if returns else []
    return ", ".join(back + [t.plain(FIELDS[one]) for one in fields])
