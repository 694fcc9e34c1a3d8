"""``python -m jsms_sandbox``."""

import sys

if __name__ == "__main__":
    try:
        from .command_line import main

        exit_code = main()
    except ModuleNotFoundError as error:
        sys.exit(
            f"jsms_sandbox: The package {error.name} is missing; install it with: pip install 'jsms-client[sandbox]'"
        )
    except KeyboardInterrupt:  # before the sandbox takes signals itself: what it imports takes a moment
        exit_code = 0
    sys.exit(exit_code)
