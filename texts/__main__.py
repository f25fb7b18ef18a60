"""`python -m texts` brings the catalogues up to date with the sentences in the code."""

import argparse
import sys
from pathlib import Path

from texts.catalogue import merge_catalogue
from texts.extract import find_sentences

HERE = Path(__file__).parent


def main() -> int:
    """Each catalogue has all sentences and no unused ones; 1 comes back when code was unreadable."""
    parser = argparse.ArgumentParser(prog="python -m texts", description=main.__doc__)
    parser.add_argument("--keep", action="store_true", help="leave unused sentences where they are")
    options = parser.parse_args()
    found = find_sentences(HERE.parent)
    for trouble in found.troubles:
        print(trouble, file=sys.stderr)  # noqa: T201 - a command line answers on the terminal
    for path in sorted(HERE.glob("*.po")):
        # A file that cannot be read may hold sentences: then nothing is dropped.
        came, went = merge_catalogue(path, found.sentences, keep=options.keep or bool(found.troubles))
        print(f"{path.name}: {came} added, {went} dropped")  # noqa: T201 - as above
    return 1 if found.troubles else 0


if __name__ == "__main__":
    sys.exit(main())
