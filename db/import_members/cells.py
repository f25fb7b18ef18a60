"""What a cell says, made alike: names, e-mail addresses, telephones, days, years."""

import re
from collections.abc import Set
from datetime import date
from functools import lru_cache

import phonenumbers
from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from chat.markup import clean, one_line
from db.import_members import personal_number
from db.import_members.dates import EARLIEST, LATEST, read_day
from db.import_members.limits import MAX_FOREIGN
from db.import_members.problems import Reason

REGION = "SE"  # of telephone numbers without a country's code
MAX_LENGTH = 200  # characters of any value
MAX_TELEPHONE = 40
FOR_EVER = "9999-12-31"
ROUNDED = 2  # noughts at the end that may be missing in "7.012345E8"
FORMULA = ("=", "@", "+", "\t")  # what a spreadsheet program takes for one; "-" also stands for nothing
NOBODY = frozenset({"-", "–", "—", ".", "..", "?", "n/a", "#n/a", "0", "00"})
NOTHING = NOBODY | {
    "x", "na", "null", "none", "nil", "nan", "saknas", "finns ej", "okänd", "okänt", "ingen", "inget", "inga",
}  # fmt: skip
LANGUAGES = {
    "sv": "sv", "se": "sv", "swe": "sv", "svenska": "sv", "swedish": "sv",
    "en": "en", "gb": "en", "eng": "en", "engelska": "en", "english": "en",
}  # fmt: skip
ABROAD = frozenset({"", "sverige", "sweden", "se", "swe"})

# To the next letter, for letters are dialled too ("(hem)" is 436), or to the next number.
_TELEPHONE = re.compile(r"[+(]*\d(?:[^\w,;\n]|\d)*")
_ZIP_AND_CITY = re.compile(r"(?:SE?-)?(\d{3} ?\d{2})[ ,]+(\D.*)")
_RECKONED = re.compile(r"(\d+)[.,]0+|(\d)[.,](\d+)E\+?(\d{1,2})", re.IGNORECASE)


class WrongError(Exception):
    """A cell that cannot be read; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        """`reason` is one of those of a row."""
        super().__init__(reason.value)
        self.reason = reason


def cell(said: str, nothing: Set[str] = NOTHING) -> str:
    """The cell without invisible characters; empty when it says that there is `nothing`."""
    if not said:
        return ""  # as most cells of a wide list
    if said.startswith('="') and said.endswith('"'):
        said = said[2:-1]  # how Excel is told to keep a leading nought
    text = clean(said.removeprefix("'"))
    return "" if text.casefold() in nothing else text


def plain(said: str) -> str:
    """A text of the list: a name, a street, a number. Errors: WrongError."""
    if len(said) > MAX_LENGTH:
        raise WrongError(Reason.TOO_LONG)
    if said.startswith(FORMULA):
        raise WrongError(Reason.FORMULA)
    return one_line(personal_number.without(said))


def lines(said: str) -> str:
    """A postal address, which may have several lines in its cell. Errors: WrongError."""
    return "\n".join(filter(None, map(plain, said.splitlines())))


def name(said: str) -> str:
    """A name as it is said: "Provsdotter, Prova" is turned round. Errors: WrongError."""
    last, comma, first = plain(said).partition(",")
    return one_line(f"{first} {last}") if comma and "," not in first else plain(said)


def email(said: str) -> str:
    """The address, the first of several. Errors: WrongError."""
    local, domain = mailbox(said)
    if len(local) + len(domain) > MAX_LENGTH:
        raise WrongError(Reason.TOO_LONG)
    if domain.isascii():
        return _validated(f"{local}@{domain}").normalized
    foreign = _foreign(domain)
    if not foreign:
        raise WrongError(Reason.NO_EMAIL_ADDRESS)
    return f"{_validated(f'{local}@example.org').local_part}@{foreign}"


def mailbox(said: str) -> tuple[str, str]:
    """What stands before and after the "@" of the first address."""
    first = said.removeprefix("mailto:").replace(";", ",").split(",")[0].strip(" <>.")
    local, _, domain = first.partition("@")
    return local, domain


@lru_cache(maxsize=MAX_FOREIGN)
def _foreign(domain: str) -> str:
    """A domain in other letters than ASCII's, empty for none: to read one takes a thousandth of a second."""
    try:
        return _validated(f"a@{domain}").domain
    except WrongError:
        return ""


def _validated(address: str) -> ValidatedEmail:
    try:
        return validate_email(address, check_deliverability=False)
    except EmailNotValidError as error:
        raise WrongError(Reason.NO_EMAIL_ADDRESS) from error


def phone(said: str) -> str:
    """The number in E.164, the first of several, without the words around it. Errors: WrongError."""
    found = _TELEPHONE.search(_as_figures(said.replace(" / ", ",")))
    if found is None or len(found[0]) > MAX_TELEPHONE:
        raise WrongError(Reason.NO_TELEPHONE)
    try:
        number = phonenumbers.parse(found[0], REGION)
    except phonenumbers.NumberParseException as error:
        raise WrongError(Reason.NO_TELEPHONE) from error
    if not phonenumbers.is_valid_number(number):
        raise WrongError(Reason.NO_TELEPHONE)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _as_figures(said: str) -> str:
    """A number that a spreadsheet took for one to reckon with; what it has rounded off is none any more."""
    found = _RECKONED.fullmatch(said)
    if found is None or found[1]:
        return found[1] if found else said
    whole, decimals, power = found[2], found[3].rstrip("0"), int(found[4])
    if not len(decimals) <= power <= len(decimals) + ROUNDED:
        raise WrongError(Reason.NO_TELEPHONE)
    return (whole + decimals).ljust(power + 1, "0")


def end(said: str) -> date | None:
    """The last day; None: there is none. Errors: WrongError."""
    return None if said.startswith(FOR_EVER) else day(said, last=True)


def day(said: str, *, last: bool = False) -> date:
    """The day. Errors: WrongError."""
    found = read_day(said, last=last)
    if found is None:
        raise WrongError(Reason.NO_DATE)
    return found


def year(said: str) -> int:
    """The year of a birth, whatever else of it is said. Errors: WrongError."""
    found = personal_number.birth_year(said)
    born = read_day(said, newest=personal_number.NEWEST) if found is None else None
    found = born.year if born else found
    if found is None or not EARLIEST <= found < LATEST:
        raise WrongError(Reason.NO_YEAR)
    return found


def language(said: str) -> str | None:
    """The code of a language that the bot speaks; None: whichever the installation's is."""
    return LANGUAGES.get(said.casefold())


def zip_and_city(said: str) -> tuple[str, str]:
    """The line below the street; without a zip code all of it is the city. Errors: WrongError."""
    found = _ZIP_AND_CITY.fullmatch(said)
    return (zip_code(found[1]), plain(found[2])) if found else ("", lines(said))


def zip_code(said: str) -> str:
    """A Swedish one is written "831 30"; others as they stand. Errors: WrongError."""
    figures = said.replace(" ", "")
    is_swedish = figures.isdecimal() and len(figures) == 5  # noqa: PLR2004 - as they have since 1968
    return f"{figures[:3]} {figures[3:]}" if is_swedish else plain(said)
