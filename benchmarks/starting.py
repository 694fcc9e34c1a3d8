"""What a program pays before its first call: imports, memory; and what regenerating costs."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from .figures import Row, Section, Target

REPOSITORY = Path(__file__).resolve().parent.parent
ROUNDS = 15
_READY = 'JSMS("a" * 24, "b" * 24, base_url="http://127.0.0.1:9/v1")'
PROGRAMS = {
    "import httpx": "import httpx",
    "import jsms_client": "import jsms_client",
    "from jsms_client import JSMS": "from jsms_client import JSMS",
    "JSMS(…).codes": f"from jsms_client import JSMS; {_READY}.codes",
    "import requests": "import requests",
}
_TIMED = """
import time
begun = time.process_time()
{program}
took = time.process_time() - begun
status = open("/proc/self/status").read()
print(took * 1e3, int(status.partition("VmHWM:")[2].split()[0]) / 1024)
"""


def measure_imports() -> Section:
    """Each program in a process of its own, in turns."""
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in ("nothing", *PROGRAMS)}
    for _ in range(ROUNDS):
        for name, runs in seen.items():
            runs.append(_run(PROGRAMS.get(name, "pass")))
    took = {name: min(milliseconds for milliseconds, _ in each) for name, each in seen.items()}
    memory = {name: median(megabytes for _, megabytes in each) for name, each in seen.items()}
    rows = [
        Row(
            f"`{name}`",
            {
                "of httpx": took[name] / took["import httpx"],
                "CPU ms": took[name],
                "MB": memory[name] - memory["nothing"],
            },
            "jsms" in name.lower(),
        )
        for name in PROGRAMS
    ]
    return Section(
        "Start and memory",
        "CPU from a fresh interpreter to the end of the statement, and what it adds to the process's memory. Names of "
        "`jsms_client` load what they need when they are first used; `JSMS(…).codes` is all that a program loads "
        "before the first byte of `codes.send`, the generated code of `codes` and attrs included.",
        {"of httpx": "{:.2f}", "CPU ms": "{:.0f}", "MB": "{:.1f}"},
        rows,
        [
            Target("`import jsms_client`, in `import httpx`", took["import jsms_client"] / took["import httpx"], 1.15),
            Target(
                "`from jsms_client import JSMS`, in `import httpx`",
                took["from jsms_client import JSMS"] / took["import httpx"],
                1.15,
            ),
        ],
    )


def _run(program: str) -> tuple[float, float]:
    paths = [str(REPOSITORY / folder) for folder in ("overlay", "generated")]
    code = f"import sys; sys.path[:0] = {paths!r}{_TIMED.format(program=program)}"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    milliseconds, megabytes = done.stdout.split()
    return float(milliseconds), float(megabytes)


def measure_regenerating() -> Section:
    """From openapi.yaml to generated/, in a temporary folder, and compared."""
    seconds: list[float] = []
    for _ in range(3):
        begun = time.perf_counter()
        command = [sys.executable, str(REPOSITORY / "scripts/regenerate"), "--check"]
        subprocess.run(command, check=True, capture_output=True)
        seconds.append(time.perf_counter() - begun)
    return Section(
        "Regenerating",
        "`scripts/regenerate --check`: everything in `generated/` made anew and compared, start of Python included.",
        {"seconds": "{:.1f}"},
        [Row("`scripts/regenerate --check`", {"seconds": min(seconds)}, ours=True)],
    )
