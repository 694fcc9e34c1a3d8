"""``jsms doctor``."""

from __future__ import annotations

from jsms_cli.errors import SUCCESS
from jsms_cli.options import JsonOption, ProfileOption


def doctor(profile: ProfileOption = None, as_json: JsonOption = False) -> int:
    """Check configuration, reachability, clock, credentials and balance; say what to fix.

    Sends no message. The exit code is that of the first thing that is wrong.
    """
    from jsms_cli.doctor import Finding, State, examine
    from jsms_cli.output import write_json
    from jsms_cli.tables import write_table

    findings: list[Finding] = []
    for finding in examine(profile):
        findings.append(finding)
        if as_json:
            write_json(finding)
    if not as_json:
        write_table(
            ("", "check", "what was found", "what to do"),
            [(_MARKS[each.state], each.check, each.found, each.remedy) for each in findings],
        )
    return next((each.exit_code for each in findings if each.state is State.FAILED), SUCCESS)


_MARKS = {"ok": "✓", "failed": "✗", "warning": "!", "skipped": "-"}
