"""Reads when something happens from what a person wrote, in Swedish or English, and never guesses.

`read` gives `Found` when there is one meaning, `Choose` when the writer must pick, `Problem` when something
must be written; `explain` is the sentence for the last two. Day comes before month; a week begins on Monday.
"""

from texts.when.sentences import choice_label, explain
from texts.when.settle import read
from texts.when.values import Choose, Found, Problem, Result

__all__ = ["Choose", "Found", "Problem", "Result", "choice_label", "explain", "read"]
