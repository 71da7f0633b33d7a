"""`python -m survey COMMAND`: the door for scripts and operators."""

import sys

# sqlite-utils imports pandas wherever it is installed, and uses nothing of it here: 85 MB in every worker.
_absent = {"pandas": None} if "pandas" not in sys.modules else {}
sys.modules.update(_absent)  # type: ignore[arg-type] # None is how Python writes down that a module is not to be had

from survey.commands import main  # noqa: E402

for name in _absent:
    del sys.modules[name]

sys.exit(main(sys.argv[1:]))
