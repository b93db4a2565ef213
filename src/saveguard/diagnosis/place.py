"""Where an exception comes from: the stage, the releases and the library, by its frames."""

from __future__ import annotations

import re

from saveguard.trace import Frame, Raised, Seen, Trace

_KERAS = re.compile(
    r"(?:^|/)(?:tensorflow(?:_core)?/python/keras|tf_keras|keras_core|keras_hub|keras_nlp|keras_cv"
    r"|keras_preprocessing|keras_applications"
    r"|keras(?=/(?:src|engine|saving|models|layers|utils|trainers|callbacks|legacy|ops|backend|api"
    r"|optimizers|losses|metrics|initializers|activations|regularizers|__internal__|export|mixed"
    r"|callbacks|optimizer|preprocessing|applications|feature_column|legacy_tf|wrappers|\w+\.py)))"
)
_MENTION = re.compile(
    r"\bkeras\b|\btf\.|tensorflow|\bload_model\b|\.keras\b|\bsequential(?:_\d+)?\b"
    r"|\b(?:dense|lstm|gru|conv\dd|embedding|functional|model)_\d+\b|get_config|saved_model",
    re.IGNORECASE,
)
_LIBRARY = re.compile(
    r"(?:site|dist)-packages/([A-Za-z_]\w*)|(?:^|/)(tensorflow|jax|torch|h5py|numpy)/"
)
# Files that only some releases have.
_ERAS = (
    (re.compile(r"tensorflow_core/python/keras"), ("tf1.15", "tf2.0")),
    (re.compile(r"tensorflow/python/keras"), ("tf1.14", "tf2.5")),
    (re.compile(r"(?:^|/)(?:keras|tf_keras)/src/(?:engine|saving/legacy|dtensor)/"), ("tf2.15",)),
    (re.compile(r"(?:^|/)tf_keras/"), ("tf2.15",)),
    (
        re.compile(r"(?:^|/)keras/src/(?:trainers|models|backend/common|legacy|ops|export)/"),
        ("keras3",),
    ),
    (re.compile(r"(?:^|/)keras/src/"), ("tf2.15", "keras3")),
    (
        re.compile(
            r"(?:^|/)keras/(?:saving/saved_model|saving/hdf5_format|optimizers/optimizer_v2|"
            r"engine/(?:data_adapter|input_spec|keras_tensor|functional)|utils/traceback)"
        ),
        ("tf2.10",),
    ),
    (re.compile(r"(?:^|/)keras/engine/(?:saving|topology|network|training_\w+)\.py"), ("keras2",)),
    (re.compile(r"(?:^|/)keras/(?:engine|models|saving|layers|callbacks)"), ("keras2", "tf2.10")),
)
# What calls these is in that stage. The names are of Keras and TensorFlow, of all releases.
_STAGES = {
    "load": r"load_model\w*|load_weights\w*|load_state|_load_state|model_from_json|model_from_yaml|"
    r"model_from_config|"
    r"from_config|from_json|_model_from_config|preprocess_weights_for_loading|"
    r"_raise_loading_failure|load_own_variables|TFSMLayer|clone_model|_clone_\w+|load_partial|"
    r"load_attributes_from_hdf5_group|assert_existing_objects_matched|load_internal|restore|"
    r"_load_model_from_\w+|from_saved_model|load_subset_weights_\w+|_load_container_state",
    "save": r"save_model\w*|save_weights\w*|save_state|_save_state|to_json|to_yaml|"
    r"save_own_variables|"
    r"_save_model_to_\w+|get_config|_updated_config|serialize\w*|_save_container_state|save|"
    r"save_attributes_to_hdf5_group|_raise_no_save|get_json_type|_assert_weights_created|"
    r"save_subset_weights_\w+|save_optimizer_weights_\w+|save_load_\w+|raise_if_not_savable|"
    r"get_network_config|model_metadata|should_skip_serialization|_serialize_\w+",
    "export": r"export|export_saved_model|export_onnx|write_out|add_endpoint|"
    r"track_and_add_endpoint|_get_input_signature|export_litert|export_openvino",
    "convert": r"from_keras_model|convert|_convert_\w+|toco_convert\w*",
    "checkpoint": r"_save_model|_save_handler|_get_file_path|on_epoch_end|on_train_batch_end|"
    r"on_test_end|ModelCheckpoint|BackupAndRestore|_save_backup",
    "fit": r"fit|fit_generator|train_on_batch|train_function|train_step|fit_loop|"
    r"one_step_on_data|tf__train_function|make_train_function|train_step_on_data|"
    r"_fit_loop|run_one_epoch|multi_step_on_iterator",
    "evaluate": r"evaluate|evaluate_generator|test_on_batch|test_function|test_step|test_loop",
    "predict": r"predict|predict_generator|predict_on_batch|predict_function|predict_step|"
    r"predict_loop|tf__predict_function|one_step_on_data_distributed|predict_classes|"
    r"predict_proba",
    "compile": r"compile|_compile_\w+|compile_metrics|compile_loss|_get_metrics_from_layers",
    "build": r"build|build_wrapper|_maybe_build|add|compute_output_shape|compute_output_spec|"
    r"_functional_construction_call|_infer_output_signature|_keras_tensor_symbolic_call|"
    r"from_model|add_weight|_init_graph_network|_initialize_variables",
}
_NAMES = {name: set(known.split("|")) for name, known in _STAGES.items()}
_BEGINNINGS = {
    name: tuple(one.partition("\\")[0] for one in known if "\\" in one)
    for name, known in _NAMES.items()
}
_CALLED = (
    ("load", re.compile(r"load_model\(|load_weights\(|model_from_\w+\(|from_config\(|TFSMLayer\(")),
    ("save", re.compile(r"\.save\(|save_model\(|save_weights\(|\.to_json\(|\.get_config\(")),
    ("export", re.compile(r"\.export\(")),
    ("convert", re.compile(r"\.convert\(|from_keras_model\(")),
    ("fit", re.compile(r"\.fit(?:_generator)?\(|train_on_batch\(")),
    ("evaluate", re.compile(r"\.evaluate(?:_generator)?\(|test_on_batch\(")),
    ("predict", re.compile(r"\.predict\w*\(")),
    ("compile", re.compile(r"\.compile\(")),
    ("checkpoint", re.compile(r"ModelCheckpoint\(|BackupAndRestore\(")),
)
_MESSAGE = (
    ("predict", re.compile(r"predict_function|predict_step|batch_outputs")),
    ("fit", re.compile(r"train_function|train_step")),
    ("evaluate", re.compile(r"test_function|test_step")),
    (
        "load",
        re.compile(r"could not be deserialized|load_model|Unable to (?:synchronously )?open"),
    ),
    (
        "save",
        re.compile(
            r"Unable to (?:synchronously )?create (?:file|link|dataset|attribute|group)"
            r"|file write failed|to JSON"
        ),
    ),
)


def placed(raised: tuple[Raised, ...]) -> Trace:
    """The trace of these exceptions, with all that their frames tell."""
    frames = tuple(frame for one in raised for frame in one.frames)
    text = "\n".join(one.message[:4000] for one in raised)
    return Trace(
        raised=raised,
        stages=_stages(frames, text),
        eras=_eras(frames),
        keras=_seen(frames, text),
        libraries=_libraries(frames),
    )


def of_keras(frame: Frame) -> bool:
    """Whether the frame's file is one of Keras, of whatever package and release."""
    return bool(_KERAS.search(frame.file))


def _stages(frames: tuple[Frame, ...], text: str) -> tuple[str, ...]:
    found = []
    for frame in frames:
        found += [name for name, called in _CALLED if called.search(frame.source)]
        if of_keras(frame) or "tensorflow" in frame.file:
            name = frame.function
            found += [
                stage
                for stage, known in _NAMES.items()
                if name in known or name.startswith(_BEGINNINGS[stage])
            ]
    found += [name for name, known in _MESSAGE if known.search(text)]
    return tuple(dict.fromkeys(found))


def _eras(frames: tuple[Frame, ...]) -> tuple[str, ...]:
    found: set[str] = set()
    for frame in frames:
        told = next((eras for known, eras in _ERAS if known.search(frame.file)), ())
        found = found & set(told) if found and told else found | set(told)
    return tuple(sorted(found))


def _seen(frames: tuple[Frame, ...], text: str) -> Seen:
    if any(of_keras(frame) for frame in frames):
        return "frame"
    code = "\n".join(frame.source for frame in frames)
    return "mention" if _MENTION.search(text) or _MENTION.search(code) else ""


def _libraries(frames: tuple[Frame, ...]) -> tuple[str, ...]:
    found = [told[1] or told[2] for frame in frames if (told := _LIBRARY.search(frame.file))]
    return tuple(dict.fromkeys(found))
