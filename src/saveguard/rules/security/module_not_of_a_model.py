"""The configuration names a module that holds no parts of models, for example `os`.

## What happens

Keras before 3.9, tf_keras and TensorFlow up to 2.15 import any module that a file names, take the
class or function from it, and call it with arguments from the file. Keras 3.9 and newer refuse:
"Could not locate function 'system'."

## Why

A part of a model is stored as a module and a name. Nothing in the file says that the name is that
of a layer, so a file can name `os.system` as well. No model that Keras saved names the standard
library.

## Fix

Do not load the file; ask where it comes from. Where the module is your own and only shares its
name with one of the standard library, rename it, and register its classes:

    @keras.saving.register_keras_serializable(package="my_package")

## Seen in

- CVE-2025-1550: Keras 3.0 to 3.8, by any node of `config.json`.
- TensorFlow up to 2.15 and tf_keras: still so.

## References

- https://nvd.nist.gov/vuln/detail/CVE-2025-1550
- https://github.com/keras-team/keras/pull/20751
- https://github.com/keras-team/keras/blob/v3.15.1/keras/src/saving/serialization_lib.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from saveguard.facts import ArchiveFacts, Node
from saveguard.finding import Certainty, Finding
from saveguard.rule import Call, Rule
from saveguard.rules import guards, symbols

rule = Rule("SG302", "module-not-of-a-model", since="0.1")

_GUARD = "no-arbitrary-import"
_WHAT = {
    "system": "a module of Python's standard library, which holds no part of a model",
    "shadowed": "a module of Python's standard library, or one of your own of the same name",
    "common": "a package that holds no layers",
    "user": "a module that is no part of Keras",
    "python": "one of Python's own functions, which computes nothing on tensors",
}
_SURE: dict[str, Certainty] = {"system": "certain", "shadowed": "likely", "common": "likely"}


@rule.in_archive
def _(facts: ArchiveFacts) -> Iterator[Finding]:
    told: set[tuple[str | None, str]] = set()
    for node in facts.nodes:
        name = str(node.raw.get("spec_name") or node.class_name).rpartition(">")[2]
        whose = symbols.origin(node.module)
        certainty = _certainty(facts, node, whose, name)
        if certainty and (node.module, name) not in told:
            told.add((node.module, name))
            yield _finding(facts, node, name, _WHAT[whose], certainty)


def _certainty(facts: ArchiveFacts, node: Node, whose: str, name: str) -> Certainty | None:
    if _is_type(node):
        return None
    if whose == "python" and symbols.is_function(node) and not symbols.is_plain_python(name):
        return "certain"
    if whose == "user" and guards.lacks(facts, _GUARD):
        return "possible"
    return _SURE.get(whose)


def _is_type(node: Node) -> bool:
    """A description of a tensor, which TensorFlow keeps in a module of its own."""
    return node.class_name == "__typespec__" and (node.module or "").startswith("tensorflow.")


def _finding(
    facts: ArchiveFacts, node: Node, name: str, what: str, certainty: Certainty
) -> Finding:
    return rule.finding(
        where=f"{node.document} {node.path}",
        message=f"the configuration names `{node.module}.{name}` as a {node.role}",
        why=f"`{node.module}` is {what}. "
        + guards.told(facts, _GUARD, "imports the module and calls what the file names"),
        fix="do not load the file before you know where it comes from; where the module is your"
        " own, register its classes with @keras.saving.register_keras_serializable()",
        certainty=certainty,
    )


def bad(tmp: Path) -> Call:
    """A Lambda layer whose function is `os.getcwd`."""
    from saveguard.rules.forged import function, keras_file, lambda_layer, model

    path = keras_file(tmp, model(lambda_layer(function("os", "getcwd"))))
    return Call("check", (path,), codes=("SG201",))


def good(tmp: Path) -> Call:
    """A Lambda layer whose function is Keras's `relu`, which it stores under `builtins`."""
    from saveguard.rules.forged import function, keras_file, lambda_layer, model

    return Call("check", (keras_file(tmp, model(lambda_layer(function("builtins", "relu")))),))
