"""Tell the story; the exit code is 0 only if every claim in it was observed in this run."""

from __future__ import annotations

import importlib.util
import os
import tempfile
import time
from pathlib import Path

from saveguard.demo.stage import Stage


def main() -> int:
    """Run every chapter; 0 if all claims were observed, 1 if not, 2 without the demo's data."""
    if importlib.util.find_spec("sktime") is None:
        print("the demo's recordings ship with sktime: pip install 'saveguard[demo]'")
        return 2
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from saveguard.demo import examples, message, vowels

    start = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stage = Stage(folder)
        stage.say("Saveguard makes Keras models come back. What is claimed here is observed here.")
        examples.scalar(stage, folder)
        examples.empty_sequence(stage, folder)
        examples.unequal_lengths(stage, folder)
        message.one_message(stage)
        vowels.survive_kills(stage, vowels.train_and_save(stage, folder))
    stage.chapter("The end")
    stage.say(f"{time.monotonic() - start:.0f} s. " + _ending(stage.failed))
    return 1 if stage.failed else 0


def _ending(failed: list[str]) -> str:
    return f"Not observed: {'; '.join(failed)}" if failed else "Every claim was observed."
