"""``python -m jsms_cli``."""

import sys

from jsms_cli.main import main

if __name__ == "__main__":
    sys.exit(main())
