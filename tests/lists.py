"""Lists of members as they are sent: made here, in every way that programs write them. All people are invented."""

import zipfile
from collections.abc import Iterable, Sequence
from io import BytesIO
from xml.sax.saxutils import escape

HEADINGS = ("Förnamn", "Efternamn", "E-post", "Mobil", "Medlemsnummer", "Förening")
ASA = ("Åsa", "Öberg", "asa@example.org", "070-174 06 05", "17", "Provstad")
BO = ("Bo", "Ek", "bo@example.org", "070-174 06 06", "18", "Exempelby")
CIA = ("Cia", "Lund", "", "", "19", "Provstad")

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def csv_list(*rows: Sequence[str], headings: Sequence[str] = HEADINGS, delimiter: str = ";") -> str:
    """The rows below their headings."""
    return "".join(delimiter.join(row) + "\r\n" for row in (headings, *rows))


def as_bytes(*rows: Sequence[str], headings: Sequence[str] = HEADINGS) -> bytes:
    """The same as a program on Windows writes it."""
    return csv_list(*rows, headings=headings).encode("cp1252")


def xlsx_of(parts: dict[str, str]) -> bytes:
    """An XLSX with these parts beside the two that lead to its sheet."""
    made = BytesIO()
    workbook = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
        '<sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    relations = (
        f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" Type="{_RELATIONS}/worksheet"'
        ' Target="worksheets/sheet1.xml"/></Relationships>'
    )
    leading = {"xl/workbook.xml": workbook, "xl/_rels/workbook.xml.rels": relations}
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (leading | parts).items():
            archive.writestr(name, content)
    return made.getvalue()


def sheet_of(cells: str) -> str:
    """A sheet's XML around its rows."""
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{cells}</sheetData></worksheet>'


def xlsx_list(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows as a spreadsheet of texts."""
    text = '<c t="inlineStr"><is><t>{}</t></is></c>'
    lines = ("<row>" + "".join(text.format(escape(one)) for one in row) + "</row>" for row in rows)
    return xlsx_of({"xl/worksheets/sheet1.xml": sheet_of("".join(lines))})
