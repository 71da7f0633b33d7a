"""`python -m survey COMMAND`: the door for scripts and operators."""

import sys

from survey.commands import main

sys.exit(main(sys.argv[1:]))
