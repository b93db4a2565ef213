"""What Keras's loader does with a configuration, followed step by step without Keras.

The loader of Keras 3 has three ways from a name to an object (`saveguard.revive.naming`), then
calls the constructor (`arguments`), then calls the layers on each other (`graph`, `sequence`).
Each place where it would stop is a `Stop`; `stops` gives them in the order in which the loader
meets them. The rules of the family SG2xx say what each of them means.
"""

from __future__ import annotations

from saveguard.revive.loader import stops
from saveguard.revive.stop import Stop

__all__ = ["Stop", "stops"]
