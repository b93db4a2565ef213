"""Write `src/saveguard/known/tables.bin` from the wheels of every release that counts.

    python tools/known/run.py [--wheels FOLDER]

Wheels that FOLDER lacks are downloaded into it with pip. Nothing of them is imported.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tables import packed, read

TARGET = Path(__file__).parents[2] / "src" / "saveguard" / "known" / "tables.bin"
# The newest patch of each minor release, and every patch in which a guard came or went. Keras 2
# goes on as `tf_keras` from 2.16.
RELEASES = {
    "keras": "2.0.9 2.1.6 2.2.4 2.3.1 2.6.0 2.7.0 2.8.0 2.9.0 2.10.0 2.11.0 2.12.0 2.13.1 2.14.0"
    " 2.15.0 3.0.5 3.1.1 3.2.1 3.3.3 3.4.1 3.5.0 3.6.0 3.7.0 3.8.0 3.9.0 3.9.2 3.10.0 3.11.0"
    " 3.11.3 3.12.0 3.12.1 3.12.2 3.12.3 3.12.4 3.13.0 3.13.2 3.14.0 3.14.1 3.15.0 3.15.1",
    "tf_keras": "2.16.0 2.17.0 2.18.0 2.19.0 2.20.1 2.21.0",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheels", type=Path, help="where the wheels are, or shall be kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wheels = options.wheels or Path(folder)
        found = {
            version: wheel(package, version, wheels)
            for package, versions in RELEASES.items()
            for version in versions.split()
        }
        ordered = sorted(found, key=lambda version: tuple(map(int, version.split("."))))
        with ProcessPoolExecutor(2) as pool:
            releases = list(pool.map(read, ordered, [found[version] for version in ordered]))
    data = packed(releases)
    TARGET.write_bytes(data)
    print(f"{TARGET.name}: {len(releases)} releases, {len(data):,} bytes")


def wheel(package: str, version: str, folder: Path) -> Path:
    """The wheel of one release, downloaded where the folder lacks it."""
    for _ in range(2):
        for path in folder.glob("*.whl"):
            if path.name.lower().startswith(f"{package}-{version}-"):
                return path
        call = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
        subprocess.run([*call, "--only-binary", ":all:", f"{package}=={version}"], check=True)
    raise FileNotFoundError(f"no wheel of {package} {version} in {folder}")


if __name__ == "__main__":
    main()
