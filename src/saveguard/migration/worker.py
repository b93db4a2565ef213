"""A process that migrates one archive after the other, asked in lines of JSON."""

from __future__ import annotations

import json
import os
import sys

import msgspec

from saveguard.migration.folder import done


def main() -> None:
    """Serve until standard input ends."""
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)
        for line in sys.stdin:
            request = json.loads(line)
            found = done(request["old"], request["new"], request["options"])
            answers.write(msgspec.json.encode(found) + b"\n")
            answers.flush()


if __name__ == "__main__":
    main()
