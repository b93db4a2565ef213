"""Plant twenty defects in ten models, and find each before training; sound models stay silent.

    python -m tools.preflight [--host TEXT] [--only planted|controls] [--keep FILE]
    python -m tools.preflight --read FILE...     the page of kept trials

Exits with 1 if a defect was missed or a sound model was not left in peace.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from pathlib import Path

import msgspec

PAGE = Path(__file__).resolve().parents[2] / "docs" / "defects.md"


def main() -> int:
    """Try all of it, write the page."""
    options = _options()
    from tools.preflight import page

    found = page.Found()
    for path in options.read or ():
        found += msgspec.json.decode(path.read_bytes(), type=page.Found)
    if not options.read:
        found = _tried(options)
    if options.keep:
        options.keep.write_bytes(msgspec.json.encode(found))
    elif not options.host:
        PAGE.write_text(page.text(found), encoding="utf-8")
    print(page.summary(found))
    return int(not found.right)


def _tried(options: argparse.Namespace) -> page.Found:  # noqa: F821  imported when it is needed
    warnings.simplefilter("ignore")
    from tools.preflight import backbones, controls, page, planting
    from tools.preflight.defects import DEFECTS
    from tools.preflight.hosts import HOSTS

    trials, sound = [], []
    with tempfile.TemporaryDirectory() as folder:
        for host in HOSTS if options.only != "controls" else ():
            for defect in DEFECTS if options.host in host.name else ():
                trials.append(planting.planted(host, defect, Path(folder)))
                print("." if trials[-1].right else "X", end="", flush=True, file=sys.stderr)
    for name, make in controls.applications(options.host) if options.only != "planted" else ():
        sound.append(controls.tried(name, make))
        print(name, end=" ", flush=True, file=sys.stderr)
    for name, model in backbones.backbones(options.host) if options.only != "planted" else ():
        sound.append(controls.backbone(name, model))
        print(name, end=" ", flush=True, file=sys.stderr)
    return page.Found(trials=tuple(trials), sound=tuple(one for one in sound if one))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--host", default="", help="only models whose name has this text")
    parser.add_argument("--only", choices=("planted", "controls"))
    parser.add_argument("--keep", type=Path, help="a file for the trials, and no page")
    parser.add_argument("--read", type=Path, nargs="+", help="write the page of kept trials")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
