"""What can be wrong with a list of members: in words of ours, never in the list's own."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a row, or a whole file, cannot be taken; handlers/import_members says it in sentences."""

    # of a row
    NO_NAME = "no_name"
    NO_EMAIL_ADDRESS = "no_email_address"
    NO_TELEPHONE = "no_telephone"
    NO_DATE = "no_date"
    NO_YEAR = "no_year"
    TOO_LONG = "too_long"
    FORMULA = "formula"
    QUOTES = "quotes"  # a quotation mark is missing, or one too many
    SAME_NUMBER = "same_number"
    SAME_PERSON = "same_person"
    NO_ASSOCIATION = "no_association"  # none of that name
    NOT_YOURS = "not_yours"  # an association whose register the importer does not keep
    ELSEWHERE = "elsewhere"  # the number is in a register that the importer does not keep
    ANOTHER = "another"  # the number is a member's of whom nothing else is alike
    AMBIGUOUS = "ambiguous"  # fits several members
    # of the whole file
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_ROWS = "too_many_rows"
    NO_HEADINGS = "no_headings"
    NOT_A_LIST = "not_a_list"
    OLD_EXCEL = "old_excel"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a row. `column` is its heading in the file; `about`: what the sentence names besides."""

    row: int
    reason: Reason
    column: str = ""
    about: str = ""


class UnreadableError(Exception):
    """The file as a whole cannot be taken, or not from that row on."""

    def __init__(self, reason: Reason, *, row: int = 0) -> None:
        """`reason` is one of those of a whole file; of a row where one is named."""
        super().__init__(reason.value)
        self.reason, self.row = reason, row
