"""``python -m jsms_sandbox`` and ``jsms-sandbox``."""

import sys


def run() -> int | str:
    """Run the command; what it needs may be missing.

    Returns:
        The exit code, or the sentence to end with.
    """
    try:
        from jsms_sandbox.cli import main  # noqa: PLC0415 - what it imports may be missing

        return main()
    except ModuleNotFoundError as error:
        return f"jsms-sandbox: The package {error.name} is missing; install it with: pip install 'jsms-client[sandbox]'"
    except KeyboardInterrupt:  # before the sandbox takes signals itself: what it imports takes a moment
        return 0


if __name__ == "__main__":
    sys.exit(run())
