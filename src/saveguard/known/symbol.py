"""One class or function that a saved model may name."""

from __future__ import annotations

from saveguard.facts.frozen import Frozen


class Symbol(Frozen, frozen=True):
    """A class or function of one release.

    Attributes:
        name: `Dense`, `mean_squared_error`.
        module: Its public module, `keras.layers`; of a class that is saveable but not exported,
            the module that defines it.
        role: What Keras uses it for, in the words of `saveguard.facts.Role`; `layer` for an
            operation of the functional API too, `value` for what is none of them.
        base: The nearest of Keras's base classes, `Layer`, `Operation`, `Model`; empty for a
            function.
        function: It is a function.
        saveable: It derives from a class whose objects Keras saves, so that loaders since 3.11
            build it from a file.
        arguments: What its constructor (or the function) takes by keyword, its bases' included,
            and what its `from_config` takes besides.
        required: Those without a default.
        catch_all: Any further argument is taken, and passed over.
        dropped: Arguments that its own `get_config` leaves out: a reload has their defaults.
    """

    name: str
    module: str
    role: str
    base: str
    function: bool
    saveable: bool
    arguments: tuple[str, ...]
    required: tuple[str, ...]
    catch_all: bool
    dropped: tuple[str, ...]

    @property
    def path(self) -> str:
        """The full public path, `keras.layers.Dense`."""
        return f"{self.module}.{self.name}"

    def takes(self, argument: str) -> bool:
        """Whether it accepts a keyword argument of that name."""
        return self.catch_all or argument in self.arguments
