"""A model's preprocessing, run again and held against what was recorded at the save."""

from __future__ import annotations

from saveguard.facts.frozen import Frozen


class Drift(Frozen, frozen=True):
    """Something that is no longer what it was: a definition, a setting, a library.

    Attributes:
        what: Its name: `encode`, `TextVectorization.get_vocabulary()`, `pillow`.
        before, after: As text; empty where there was, or is, none.
    """

    what: str
    before: str = ""
    after: str = ""


class Prepared(Frozen, frozen=True):
    """One raw example that no longer becomes the model input that it was.

    Attributes:
        example: Which of the recorded raw examples, from 0; `raw` is the example, shortened.
        place: Where in the output the largest difference is: `output[3, 17]`.
        expected, got: The values there, or the shapes and dtypes where these differ.
        largest: The largest absolute difference; None where shapes or kinds differ.
        changed, total: How many values differ, of how many.
    """

    example: int
    raw: str
    place: str
    expected: str
    got: str
    largest: float | None = None
    changed: int = 0
    total: int = 0


class PreprocessingFacts(Frozen, frozen=True):
    """What became of a model's preprocessing.

    Attributes:
        name: As in `Preprocessing`.
        path: Where it was looked for, or empty where the caller gave it.
        missing: Why it cannot be imported, in words.
        raised: The exception that it raises now, with `raised_for` as the raw example.
        definitions, settings, libraries: What of it changed.
        outputs: The raw examples that become other model inputs.
        pairs: How many golden pairs were run.
    """

    name: str
    path: str = ""
    missing: str = ""
    raised: str = ""
    raised_for: str = ""
    definitions: tuple[Drift, ...] = ()
    settings: tuple[Drift, ...] = ()
    libraries: tuple[Drift, ...] = ()
    outputs: tuple[Prepared, ...] = ()
    pairs: int = 0
