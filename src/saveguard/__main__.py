"""`python -m saveguard` is the command `saveguard`."""

from __future__ import annotations

from saveguard.cli.quick import main

if __name__ == "__main__":
    main()
