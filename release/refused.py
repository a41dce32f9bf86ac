"""Why nothing is released."""


class Refused(Exception):
    """Nothing was released; the message says why, and what to do."""
