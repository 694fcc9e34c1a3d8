"""Files that other services read: GitHub, GitLab, Compose, Docker. Checked against schemas and by linters, offline."""

from __future__ import annotations

from pathlib import Path

from .commands import ROOT, run

_SCHEMAS = {
    "vendor.github-workflows": (".github/workflows/*.yml", "examples/containers/github-actions.yml"),
    "vendor.github-issue-forms": (".github/ISSUE_TEMPLATE/[!c]*.yml",),
    "vendor.github-issue-config": (".github/ISSUE_TEMPLATE/config.yml",),
    "vendor.dependabot": (".github/dependabot.yml",),
    "vendor.compose-spec": ("sandbox/compose.yaml",),
    "vendor.gitlab-ci": ("examples/containers/gitlab-ci.yml",),
}


def check() -> None:
    """Check every file.

    Raises:
        GateError: One of them is wrong.
    """
    for schema, patterns in _SCHEMAS.items():
        files = [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]
        transform = ["--data-transform", "gitlab-ci"] if schema == "vendor.gitlab-ci" else []
        run(["check-jsonschema", "--builtin-schema", schema, *transform, *map(_short, files)])
    run(["zizmor", "--offline", "--no-progress", "--quiet", ".github"])
    run(["hadolint", "sandbox/Dockerfile"])


def _short(path: Path) -> Path:
    return path.relative_to(ROOT)
