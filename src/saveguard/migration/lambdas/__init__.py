"""The Python functions of Lambda layers, told from their bytecode and never executed."""

from saveguard.migration.lambdas.found import Lambda, of

__all__ = ["Lambda", "of"]
