"""Why what is missed is missed, by architecture: looked into one by one."""

CAUSES = {
    "attention_causal": "the release did not write `causal` into its files",
    "attention_with_masks": "the mask's numbers are other than 0 and 1: Keras 2 scaled by them,"
    " Keras 3 takes each but 0 for true",
    "mixed_precision": "TensorFlow 1.15 wrote float32 for the policy that its layers had",
    "string_lookup": "the vocabulary stands in the graph alone",
    "integer_lookup": "the vocabulary stands in the graph alone",
    "lookup_arguments": "the vocabulary stands in the graph alone",
    "string_lookup_adapted": "the vocabulary is not in the file's configuration",
    "text_vectorization": "the vocabulary is not in the file's configuration",
    "text_to_tfidf": "the vocabulary's weights are in tables that are not read",
    "transposed_output_padding": "Keras changed the size that `output_padding` gives; plain Keras"
    " gives the same as the migrated model",
}
