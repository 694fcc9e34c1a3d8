"""``python -m benchmarks``, for whoever has everything installed."""

from __future__ import annotations

import sys

from benchmarks.cli import main

sys.exit(main())
