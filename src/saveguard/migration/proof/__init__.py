"""Whether a migrated model answers as the version that saved it did."""
