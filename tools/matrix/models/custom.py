"""The user's own classes and functions: registered and not, with and without get_config."""

from models.kit import architecture, keras, layers, numbers, register, tf


class Scale(layers.Layer):
    """Multiplies by a weight; its configuration is complete."""

    def __init__(self, start=1.0, **rest):
        super().__init__(**rest)
        self.start = start

    def build(self, input_shape):
        """Make the weight."""
        start = keras.initializers.Constant(self.start)
        self.factor = self.add_weight(name="factor", shape=(), initializer=start)
        super().build(input_shape)

    def call(self, inputs):
        """The product."""
        return inputs * self.factor

    def compute_output_shape(self, input_shape):
        """That of the inputs."""
        return input_shape

    def get_config(self):
        """The arguments."""
        return dict(super().get_config(), start=self.start)


@register
class RegisteredScale(Scale):
    """The same, registered."""


class Forgetful(layers.Layer):
    """Takes an argument that it does not put into its configuration."""

    def __init__(self, factor=1.0, **rest):
        super().__init__(**rest)
        self.factor = factor

    def call(self, inputs):
        """The product."""
        return inputs * self.factor


class Dense(layers.Dense):
    """A user's class with the name of a built-in one."""


@register
class Tower(keras.Model):
    """A subclassed model with a configuration."""

    def __init__(self, units=3, **rest):
        super().__init__(**rest)
        self.units = units
        self.hidden = layers.Dense(8, activation="relu")
        self.out = layers.Dense(units)

    def call(self, inputs):
        """Through both layers."""
        return self.out(self.hidden(inputs))

    def get_config(self):
        """The arguments."""
        return {"units": self.units}


class PlainTower(keras.Model):
    """A subclassed model without a configuration."""

    def __init__(self):
        super().__init__()
        self.hidden = layers.Dense(8, activation="relu")
        self.block = keras.Sequential([layers.Dense(4), layers.Dense(2)])

    def call(self, inputs):
        """Through both layers."""
        return self.block(self.hidden(inputs))


class OwnStep(keras.Model):
    """A Functional model under the user's own class."""


def squared(value):
    """An activation."""
    return value * value


@register
def registered_squared(value):
    """The same, registered."""
    return value * value


def _around(layer):
    entry = keras.Input((4,))
    return keras.Model(entry, layers.Dense(2)(layer(entry)))


@architecture
def custom_layer():
    return _around(Scale(2.0))


@architecture
def custom_layer_registered():
    return _around(RegisteredScale(2.0))


@architecture
def custom_layer_forgetful():
    return _around(Forgetful())


@architecture
def custom_layer_named_like_builtin():
    return _around(Dense(4))


@architecture
def custom_layer_sequential():
    return keras.Sequential([layers.Dense(4, input_shape=(4,)), Scale()])


@architecture
def custom_layer_in_wrapper():
    entry = keras.Input((5, 4))
    return keras.Model(entry, layers.TimeDistributed(Scale(2.0))(entry))


@architecture
def custom_activation():
    return _around(layers.Dense(4, activation=squared))


@architecture
def custom_activation_registered():
    return _around(layers.Dense(4, activation=registered_squared))


@architecture
def custom_activation_lambda():
    return _around(layers.Dense(4, activation=lambda value: value * value))


@architecture
def custom_initializer():
    def small(shape, dtype=None, **rest):
        return tf.zeros(shape, dtype or "float32")

    return _around(layers.Dense(4, kernel_initializer=small))


@architecture
def custom_regularizer():
    class Own(keras.regularizers.Regularizer):
        def __call__(self, weight):
            return 0.01 * tf.reduce_sum(weight)

        def get_config(self):
            return {}

    return _around(layers.Dense(4, kernel_regularizer=Own()))


@architecture
def subclassed():
    model = Tower()
    values = numbers(2, 4)
    model(tf.constant(values))
    return model, [values]


@architecture
def subclassed_without_config():
    model = PlainTower()
    values = numbers(2, 4)
    model(tf.constant(values))
    return model, [values]


@architecture
def subclassed_functional():
    entry = keras.Input((4,))
    return OwnStep(entry, layers.Dense(2)(entry))


@architecture
def subclassed_inside_functional():
    return _around(Tower(4))
