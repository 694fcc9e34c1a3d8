"""The cost before a program's first call: imports and memory; and the cost of regenerating."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from benchmarks.figures import Row, Section, Target
from benchmarks.server import running

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
    """Measure each program in its own process, in turns."""
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
    held = {transport: min(_held_up(transport) for _ in range(5)) for transport in ("httpx", "fast")}
    rows += [
        Row(f'first call of `AsyncJSMS(transport="{name}")`, longest hold of the loop', {"CPU ms": ms}, ours=True)
        for name, ms in held.items()
    ]
    return Section(
        "Start and memory",
        "CPU from a fresh interpreter to the end of the statement, and what it adds to the process's memory. Names of "
        "`jsms_client` load what they need when they are first used; `JSMS(…).codes` is all that a program loads "
        "before the first byte of `codes.send`. The first call of an async client imports the rest in a worker thread; "
        "how long it holds up its event loop is the most CPU that the loop's thread spends between two turns.",
        {"of httpx": "{:.2f}", "CPU ms": "{:.0f}", "MB": "{:.1f}"},
        rows,
        [
            Target(
                "`import jsms_client`, in `import httpx`",
                took["import jsms_client"] / took["import httpx"],
                1.15,
                note="It loads httpx and the client.",
            ),
            Target(
                "`from jsms_client import JSMS`, in `import httpx`",
                took["from jsms_client import JSMS"] / took["import httpx"],
                1.15,
                note="It loads httpx and the client.",
            ),
            Target(
                "the longest that a first async call holds up its event loop, in ms of CPU",
                max(held.values()),
                20,
                note="What is imported there is what the call itself is made of.",
            ),
        ],
    )


_FIRST_CALL = """
import asyncio, time
from jsms_client import AsyncJSMS

async def main():
    longest = [0.0]

    async def turn():
        last = time.thread_time()
        while True:
            await asyncio.sleep(0)
            now = time.thread_time()
            longest[0], last = max(longest[0], now - last), now

    async with AsyncJSMS("a" * 24, "b" * 24, base_url={base_url!r}, transport={transport!r}) as jsms:
        task = asyncio.create_task(turn())
        await asyncio.sleep(0.02)
        longest[0] = 0.0
        await jsms.codes.send("13800138000", temp_id=1)
        task.cancel()
    print(longest[0] * 1e3)

asyncio.run(main())
"""


def _held_up(transport: str) -> float:
    with running() as base_url:
        return float(_python(_FIRST_CALL.format(base_url=base_url, transport=transport)))


def _run(program: str) -> tuple[float, float]:
    milliseconds, megabytes = _python(_TIMED.format(program=program)).split()
    return float(milliseconds), float(megabytes)


def _python(program: str) -> str:
    paths = [str(REPOSITORY / folder) for folder in ("overlay", "generated")]
    code = f"import sys; sys.path[:0] = {paths!r}{program}"
    return subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True).stdout


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
