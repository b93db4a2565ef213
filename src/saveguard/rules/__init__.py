"""One file a root cause, in one folder a family; `registry` finds them by `saveguard.codes`."""
