"""The sources of layers, put together of a constructor, a call and a configuration.

Each is a user's module with the class `Part`, after `import keras`.
"""

from __future__ import annotations

REGISTERED = "@keras.saving.register_keras_serializable('planted')\n"
HEAD = "class Part(keras.layers.Layer):\n"


def layer(body: str, head: str = REGISTERED + HEAD) -> str:
    """A module with one class, whose methods are `body`."""
    return head + "".join(f"    {line}\n" for line in body.strip("\n").splitlines())


def scaled(config: str, *more: str, start: str = "scale=1.0", head: str = REGISTERED + HEAD) -> str:
    """A layer with the argument `scale`; `config` is what its get_config returns."""
    return layer(
        f"""
def __init__(self, {start}, **kwargs):
    super().__init__(**kwargs)
    self.scale = scale
def call(self, inputs):
    return inputs * self.scale
def get_config(self):
    {config}
"""
        + "\n".join(more),
        head,
    )


WHOLE = 'return {**super().get_config(), "scale": self.scale}'
LESS = "return super().get_config()"

WEIGHTS = """
def build(self, shape):
    self.scale = self.add_weight(shape=(4,), initializer="ones", name="scale")
    self.shift = self.add_weight(shape=(4,), initializer="zeros", name="shift")
def call(self, inputs):
    return inputs * self.scale + self.shift
"""
STORE = """
def save_own_variables(self, store):
    {save}
def load_own_variables(self, store):
    {load}
"""


def stored(save: str, load: str) -> str:
    return layer(WEIGHTS + STORE.format(save=save, load=load))


BOTH = ('store["scale"], store["shift"] = self.scale, self.shift',)
TAKES = 'self.scale.assign(store["scale"]); self.shift.assign(store["shift"])'


def held(made: str, used: str, before: str = "") -> str:
    """A layer that makes a variable by `made` and computes with `used`."""
    return before + layer(
        f"""
def __init__(self, **kwargs):
    super().__init__(**kwargs)
    self.held = {made}
def call(self, inputs):
    return inputs + keras.ops.cast({used}, inputs.dtype)
"""
    )


BOX = "class Box:\n    def __init__(self, value):\n        self.value = value\n"
VARIABLE = "keras.Variable([1.0, 2.0, 3.0, 4.0])"
CLOSURE = "def adding(value):\n    def add():\n        return value\n    return add\n"


def function(config: str, decorated: bool) -> str:
    made = "@keras.saving.register_keras_serializable('planted')\ndef half(x):\n    return x / 2\n"
    given = "half" if decorated else "lambda x: x / 2"
    return (
        made
        + f"GIVEN = {given}\n"
        + layer(
            f"""
def __init__(self, fn=None, **kwargs):
    super().__init__(**kwargs)
    self.fn = fn
def call(self, inputs):
    return self.fn(inputs)
def get_config(self):
    {config}
"""
        )
    )


def table(keys: str) -> str:
    return layer(
        f"""
def __init__(self, table, **kwargs):
    super().__init__(**kwargs)
    self.table = table
    self.first = table[{keys}]
def call(self, inputs):
    return inputs * self.first
def get_config(self):
    return {{**super().get_config(), "table": self.table}}
"""
    )


def module_state(decides: str) -> str:
    return "FACTOR = [1.0]\n" + layer(f"def call(self, inputs):\n    return inputs * {decides}")


def normalizing(adapts: str) -> str:
    return layer(
        f"""
def __init__(self, **kwargs):
    super().__init__(**kwargs)
    self.norm = keras.layers.Normalization()
    self.norm.build((None, 4))
    {adapts}
def call(self, inputs):
    return keras.ops.cast(self.norm(inputs), inputs.dtype)
"""
    )


def threshold(kept: str) -> str:
    return layer(
        f"""
def __init__(self, threshold=1.0, **kwargs):
    super().__init__(**kwargs)
    self.threshold = threshold
def call(self, inputs):
    return keras.ops.maximum(inputs, self.threshold)
def get_config(self):
    return {{**super().get_config(), "threshold": {kept}}}
"""
    )


CALL = "def call(self, inputs):\n    return inputs * 2.0"
LOCAL = (
    "def made():\n"
    "    @keras.saving.register_keras_serializable('planted')\n"
    "    class Part(keras.layers.Layer):\n"
    "        def call(self, inputs):\n"
    "            return inputs * 2.0\n"
    "    return Part\n"
)
LOSS = "def loss(truth, found):\n    return keras.ops.mean((truth - found) ** 2, axis=-1)\n"
