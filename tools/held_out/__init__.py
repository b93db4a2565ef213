"""Programs whose errors no signature was written from: what `make explain-score` is held to."""
