"""Which column of a list says what: by its heading, in Swedish or English, or as Zetkin exports it."""

from collections.abc import Sequence

# By field, the likeliest first: where a row has several (telephones, numbers), the first that is filled counts.
# Zetkin: app.zetkin.org, src/locale/sv.yml, glob.personFields, and the API's names of the same fields.
NAMES = {
    "number": ("medlemsnummer medlemsnr medlemnr medlemsid membernumber memberno memberid membershipnumber "
               "membershipid externtid externalid extid nummer number nr id"),
    "first_name": "förnamn tilltalsnamn fornamn firstname givenname",
    "last_name": "efternamn lastname surname familyname",
    "name": "namn fullständigtnamn medlemsnamn medlem name fullname membername",
    "whole_name": "helanamnet wholename",  # of our own file: "Ek, dr. Bo" is how the register says it
    "email": "epost epostadress mejl mejladress mail mailadress email emailaddress epost1 epost2",
    "phone": ("mobil mobiltelefon mobilnummer mobilnr mobiltelefonnummer mobile mobilephone mobilenumber "
              "cellphone telefon telefonnummer telefonnr tel tfn phone phonenumber telephone telefonhem "
              "hemtelefon homephone telefonarbete alternativttelefonnummer altphone telefon2"),
    "co": "co coadress coaddress careof coaddresss",
    "street": ("gatuadress adress utdelningsadress postadress gata streetaddress street address postaladdress "
               "address1 adress1"),
    "zip_code": "postnummer postnr zipcode zip postcode postalcode",
    "city": "ort postort stad city town",
    "country": "land country",
    "association": ("partiförening lokalförening förening föreningsnamn lokalavdelning avdelning organisation "
                    "grundorganisation association localassociation branch chapter organization organisation"),
    "joined_on": ("medlemsedan inträdesdatum inträde inträdd inträdesår blevmedlem medlemfrom startdatum "
                  "membersince joined joinedon joindate joineddate membershipstart"),
    "paid_until": ("betaldtill betalttill betaltom betalttom betaldtom medlemtom medlemtill giltigtill giltigtom "
                   "medlemskapgällertill paiduntil paidto paidthrough validuntil validto membershipend expires"),
    "language": "språk language preferredlanguage",
    "born_year": ("födelseår född föddår födelsedatum födelsedag bornyear birthyear yearofbirth born birthdate "
                  "dateofbirth"),
}  # fmt: skip
FIELD_OF = {name: field for field, names in reversed(NAMES.items()) for name in reversed(names.split())}
RANK = {name: place for names in NAMES.values() for place, name in enumerate(names.split())}
NAMED = frozenset({"first_name", "last_name", "name", "whole_name"})
ADDRESS = ("street", "co", "zip_code", "city", "zip_and_city", "country")
POSTAL = frozenset({"postadress", "postaladdress"})  # the whole address, or beside a street the second line of it


def plain(heading: str) -> str:
    """The heading's letters and figures alone: "Medlem t.o.m." and "medlem_tom" are one."""
    return "".join(filter(str.isalnum, heading.casefold()))


def known(cells: Sequence[str]) -> int:
    """How many of the cells are headings that we know."""
    return sum(plain(one) in FIELD_OF for one in cells)


def are_headings(cells: Sequence[str]) -> bool:
    """True when some of them say where names stand: a list without names is none of ours."""
    return any(FIELD_OF.get(plain(one)) in NAMED for one in cells)


def fields(headings: Sequence[str]) -> dict[str, list[int]]:
    """The columns of each field that the list has, the likeliest first.

    What is not in here is not read: a personal identity number above all.
    """
    found: dict[str, list[int]] = {}
    names = [plain(one) for one in headings]
    for column in sorted(range(len(names)), key=lambda one: RANK.get(names[one], 0)):
        if names[column] in FIELD_OF:
            found.setdefault(FIELD_OF[names[column]], []).append(column)
    streets = [one for one in found.get("street", ()) if names[one] not in POSTAL]
    if streets and len(streets) < len(found["street"]):
        found |= {"street": streets, "zip_and_city": [one for one in found["street"] if one not in streets]}
    return found
