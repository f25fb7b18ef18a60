"""How much of a list is read at all."""

MAX_BYTES = 5 * 2**20
MAX_ROWS = 20_000  # without the headings
MAX_FOREIGN = 1_000  # different domains of e-mail addresses that are not ASCII: each takes long to read
MAX_COLUMNS = 200  # what stands further to the right is not read
MAX_UNPACKED = 40 * 2**20  # bytes: 20,000 rows of 20 columns take half of it
MAX_ELEMENTS = 1_500_000  # of the XML in it: 20,000 rows of 30 columns and more
