"""A configuration that a model is to be built from is not one that Keras wrote.

## What happens

`model_from_json`, `from_config` or `load_model` stops at a key or a type: the words are about
lists, dictionaries and JSON, not about the model.

## Why

A configuration is a dictionary with `class_name` and `config`, in the form of the release that
wrote it. A file of something else, an edited file, `get_config()` where `to_json()` is meant, or a
configuration of Keras 1, has another form.

## Fix

Use the pairs that belong together: `to_json` and `model_from_json`, `get_config` and `from_config`
of the same class. For a whole file `saveguard check FILE` says where its form breaks.

## Seen in

- All: "JSONDecodeError: Expecting value: line 1 column 1 (char 0)"
- Keras 1 and 2: "ValueError: Improper config format: {...}", "KeyError: 'class_name'"
- Keras 3: "TypeError: Expected 'config' to be a dict for Sequential, instead got <class 'int'>",
  "AttributeError: 'list' object has no attribute 'get'"

## References

- https://github.com/keras-team/keras/issues/22701
- https://github.com/keras-team/keras/issues/7232
"""

from __future__ import annotations

from pathlib import Path

from saveguard.rule import Call, Rule, Signature
from saveguard.rules.pasted import pasted

rule = Rule("SG268", "config-malformed", since="0.1")

rule.in_traceback(
    Signature(
        exceptions=("ValueError", "TypeError"),
        pattern=r"`model_from_config` expects a dictionary"
        r"|Saved configuration not understood"
        r"|is not a valid Keras configuration"
        r"|Unable to decode (?:(?:TF-)?Keras layer )?config"
        r"|Could not parse config: "
        r"|Expected 'config' to be a (?:list|non-null)"
        r"|Config of string is supposed"
        r"|Improper config format"
        r"|Expected 'config' to be a dict for (?P<name>\w+)"
        r"|model configuration must be a dictionary containing the"
        r"|A \w+ configuration must be a dictionary"
        r"|Could not interpret serialized \w+"
        r"|Could not locate class 'Sequential'"
        r"|Cannot deserialize empty config"
        r"|Unknown `config` as a `dict`",
        stages=("load",),
        message="the configuration is not one that Keras wrote {name}",
        why="It has the form of something else, or of another release.",
        fix="pair to_json() with model_from_json(), get_config() with from_config() of the "
        "same class; saveguard check FILE says where a file's form breaks",
    )
)
rule.in_traceback(
    Signature(
        exceptions=("JSONDecodeError",),
        pattern=r"Expecting value|Extra data|Expecting property name",
        message="the configuration is no JSON",
        why="What was given to be read as a model's configuration is empty, or something else.",
        fix="print its first characters; model_from_json wants the text that to_json() returned",
        frames=r"model_config\.py|model_from_json|saving_lib|hdf5_format|json_utils",
        alone=None,
    )
)
rule.in_traceback(
    Signature(
        exceptions=("KeyError", "AttributeError", "TypeError"),
        pattern=r"^'(?:class_name|config|layers|output_mask_type|nodes)'$"
        r"|'(?:list|str|NoneType|int)' object has no attribute '(?:items|get|keys|pop)'"
        r"|(?:list|string|tuple) indices must be integers"
        r"|argument of type '(?:int|NoneType|float)' is not iterable"
        r"|can only concatenate str",
        stages=("load",),
        message="the configuration has not the form that this release reads",
        why="A key is missing, or a list stands where a dictionary belongs: another release "
        "wrote it, or something else did.",
        fix="saveguard check FILE says which release wrote it; read it with that one and "
        "save again",
        certainty="likely",
        frames=r"(?:from_config|deserialize\w*|model_from_\w+|class_and_config\w+)(?::|$|\n)",
        alone=None,
    )
)


def bad(_tmp: Path) -> Call:
    """A number in place of a configuration."""
    return Call(
        "explain",
        (
            pasted(
                "TypeError: Expected 'config' to be a dict for Sequential, instead got "
                "<class 'int'>",
                "serve.py:<module>:keras.models.model_from_json(text)",
                "keras/src/saving/serialization_lib.py:deserialize_keras_object",
            ),
        ),
    )


def good(_tmp: Path) -> Call:
    """JSON of one's own."""
    return Call(
        "explain",
        (
            pasted(
                "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
                "serve.py:<module>:json.loads(text)",
                "json/decoder.py:raw_decode",
            ),
        ),
    )
