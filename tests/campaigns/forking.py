"""A process that forks in the middle of a campaign, and prints how the campaign ended."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator

from jsms_client import JSMS
from jsms_client.campaigns import Progress

from .recipients import people


def main(settings: str, journal: str, phase: str, end: str) -> None:
    """Send a campaign, and fork once."""
    forked: list[int] = []

    def fork() -> None:
        if forked:
            return
        child = os.fork()
        forked.append(child)
        if child:
            if end != "stays":
                os.waitpid(child, 0)
            return
        if end == "os._exit":
            os._exit(0)
        if end == "stays":
            os.close(1)
            os.close(2)
            time.sleep(5)
            os._exit(0)
        sys.exit(0)

    def members() -> Iterator[tuple[str, dict[str, str]]]:
        yield from people(399)
        if phase == "reading":
            fork()
        yield from people(1, 399)

    def take(progress: Progress) -> None:
        if progress.phase == phase == "sending":
            fork()

    with JSMS(**json.loads(settings)) as jsms:
        send = jsms.campaigns.send
        campaign = send(members(), temp_id=1250, journal=journal, on_progress=take, batch_size=20)
    print(f"{campaign.counts.accepted} accepted", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
