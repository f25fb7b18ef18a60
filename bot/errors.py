"""What ends a command with one sentence."""


class OperatorError(Exception):
    """A sentence for the operator, who can mend what it says; it holds no secret and no person."""


class WrongInputError(OperatorError):
    """What the operator gave us cannot be used: exit code 2 rather than 1."""
