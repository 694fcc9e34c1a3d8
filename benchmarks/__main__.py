"""``python -m benchmarks``, with everything installed already."""

from __future__ import annotations

import sys

from benchmarks.cli import main

sys.exit(main())
