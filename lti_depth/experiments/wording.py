"""Words that statements of several experiments share."""


def listed(values):
    """The numbers as they are set, with commas between."""
    return ", ".join(map(str, values))
