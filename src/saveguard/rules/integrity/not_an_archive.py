"""The file is no saved model: it is empty, or holds something else under a model's name.

## What happens

`keras.saving.load_model` stops with "File not found" (`.keras`) or "file signature not found"
(`.h5`), whatever the file really is.

## Why

The first bytes say what a file is. A repository that was cloned without Git LFS holds small text
files in place of the models; a download from behind a login or from a page about the file gives a
web page; plain Keras empties its target before it writes, so a save that fails leaves 0 bytes.

## Fix

It depends on what the file is; the finding says which of these it needs:

    git lfs pull                           # a Git LFS pointer
    curl --fail -L -o m.keras URL          # a web page, an error message, nothing
    file m.keras                           # anything else: what is it?

## Seen in

- Keras 3.15.1, `.keras`: "File not found: filepath=m.keras. Please ensure the file is an
  accessible `.keras` zip file."
- TF 2.10 to Keras 3.15.1 with h5py 3, `.h5`: "OSError: Unable to synchronously open file (file
  signature not found)"; with h5py 2 "OSError: Unable to open file (file signature not found)".
- TF 1.15 and 2.0, `.h5`: "OSError: SavedModel file does not exist at:
  m.h5/{saved_model.pbtxt|saved_model.pb}".

## References

- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/saving/saving_api.py (load_model)
- https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md (The Pointer)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts
from saveguard.finding import Finding
from saveguard.rule import Call, Rule, Signature

rule = Rule("SG102", "not-an-archive", since="0.1")

# By what a file is: what to call it, how it came to have a model's name, and the fix.
_KINDS = {
    "empty": (
        "is empty (0 bytes)",
        "A save or a download began and wrote nothing; plain Keras empties its target before it"
        " writes.",
        "fetch {path} again, or save the model again",
    ),
    "git-lfs": (
        "is a Git LFS pointer of {size} bytes, not the model",
        "The repository was cloned without its large files: this text only names the model.",
        "git lfs pull",
    ),
    "html": (
        "is a web page, not a model",
        "The address gave a page about the file, or an error, in place of the file.",
        "curl --fail -L -o {path} URL, with the address of the file itself",
    ),
    "text": (
        "is a text file of {size} bytes, not a model",
        "A saved model is a zip archive (`.keras`) or an HDF5 file (`.h5`).",
        "head -c 300 {path} shows what it says; then fetch the model itself",
    ),
    "json": (
        "is a JSON file, not a model",
        "A configuration alone (`model.to_json()`) holds no weights; weights in shards are a JSON"
        " file that names the files with the arrays in its weight_map.",
        "keras.models.model_from_json(open({path!r}).read()) builds the model without its weights",
    ),
    "torch": (
        "is an archive of PyTorch, not of Keras",
        "torch.save writes a zip archive with a data.pkl; Keras's has a config.json.",
        "torch.load({path!r}, weights_only=True) reads it; give the file that Keras saved",
    ),
    "pickle": (
        "is a pickle, not a saved model of Keras",
        "A pickle runs code when it is read, and holds no configuration that could be looked at.",
        "where it was made, and only if you trust it: load it there and model.save('m.keras')",
    ),
    "gzip": (
        "is a gzip archive, not the model in it",
        "A download that is packed keeps its packing, whatever it is called.",
        "tar -xzf {path}, or gzip -d, unpacks it; then give the file inside",
    ),
    "npy": (
        "is an array of NumPy, not a model",
        "One array tells neither layers nor how they are connected.",
        "numpy.load({path!r}) reads it",
    ),
    "tflite": (
        "is a model of TensorFlow Lite, not of Keras",
        "It was converted for devices; layers cannot be had back from it.",
        "give the model that it was converted from; for answers alone: LiteRT reads it",
    ),
    "unknown": (
        "is neither a zip archive nor an HDF5 file",
        "Every saved model of Keras is one of the two, and its first bytes say which.",
        "file {path} shows what it is; then fetch the model itself",
    ),
    "directory": (
        "is a folder without a model in it",
        "A folder is a model where it holds a saved_model.pb (a SavedModel) or a config.json (an"
        " unpacked `.keras` file). This one holds neither.",
        "give the path of the model itself: ls {path}",
    ),
}
_POINTER = "a Git LFS pointer"
# A checkpoint of another tool may be in it; zip and HDF5 may begin with bytes of something else.
_MAY_BE_READ = ("directory", "unknown")


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    if _POINTER in facts.damage:
        member = facts.damage.partition(": ")[0]
        yield rule.finding(
            where=facts.path,
            message=f"{facts.path} is not all here: {member} is a Git LFS pointer",
            why="The repository was cloned without its large files: this text only names the file."
            " Nothing can be loaded from what is here.",
            fix="git lfs pull",
            evidence=(facts.damage[:300],),
        )
    elif facts.content in _KINDS and not facts.layout:
        told, why, fix = _KINDS[facts.content]
        yield rule.finding(
            where=facts.path,
            message=f"{facts.path} {told.format(size=facts.size)}",
            why=f'{why} load_model() stops on it, and may call it "File not found".',
            fix=fix.format(path=facts.path),
            certainty="likely" if facts.content in _MAY_BE_READ else "certain",
        )


rule.in_traceback(
    Signature(
        exceptions=("OSError",),
        pattern=r"Filepath is not an hdf5 file \(or h5py is not available\)"
        r"|file signature not found",
        stages=("load",),
        message="{where} is not an HDF5 file",
        why="Its first bytes are not those of HDF5: it is empty, a Git LFS pointer, a web page, or"
        " a model in another layout under this name.",
        fix="head -c 100 {where} shows what it is; a Git LFS pointer needs `git lfs pull`",
        certainty="likely",
        alone=".",
    )
)


def not_a_rescue(path: str, error: str) -> Finding:
    """The finding for a file that `saveguard.restore` cannot read; `error` says why."""
    missing = "No such file" in error
    return rule.finding(
        where=path,
        message=f"{path} {'does not exist' if missing else 'is not a rescue file'}",
        why="restore() puts back what saveguard.rescue wrote: an HDF5 file with the groups"
        " variables, optimizer and untracked. A whole model is loaded with saveguard.load.",
        fix="give the file that saveguard.rescue wrote, NAME.rescue.h5; where this is a whole"
        f" model: saveguard.load({path!r})",
        evidence=(error.splitlines()[0][:300],) if error else (),
    )


def bad(tmp: Path) -> Call:
    """What a clone without Git LFS holds."""
    path = tmp / "m.keras"
    digest = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393"
    path.write_text(
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 17112\n"
    )
    return Call("load", (path,))


def good(tmp: Path) -> Call:
    """The file that the pointer stands for."""
    import keras

    path = tmp / "m.keras"
    keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]).save(path)
    return Call("load", (path,))
