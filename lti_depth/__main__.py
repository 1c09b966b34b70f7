"""``python -m lti_depth``: the command line."""

from .cli import main

main()
