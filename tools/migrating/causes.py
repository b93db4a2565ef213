"""Why what is missed is missed, by architecture: looked into one by one."""

CAUSES = {
    "attention_causal": "the release did not write `causal` into its files",
    "attention_with_masks": "called with masks of numbers other than 0 and 1, of which plain Keras"
    " makes something else, too ([matrix.md](matrix.md))",
    "discretization": "Keras 3.0 to 3.4 answer with an axis more than their own model declares",
    "mixed_precision": "TensorFlow 1.15 wrote float32 for the policy that its layers had",
    "string_lookup": "the vocabulary stands in the graph alone",
    "lookup_arguments": "the vocabulary stands in the graph alone",
    "string_lookup_adapted": "the vocabulary is not in the file's configuration",
    "text_vectorization": "the vocabulary is not in the file's configuration",
    "text_to_tfidf": "the vocabulary's weights are in tables that are not read",
    "transposed_output_padding": "the output has another size in Keras 3.15.1 than in these",
}
