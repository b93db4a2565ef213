"""The architectures of the matrix: importing the package registers every one.

Read by interpreters from 3.6 on, and by every TensorFlow from 1.15 on: no newer syntax here.
"""

from models import (  # noqa: F401
    assorted,
    beginnings,
    convolutions,
    custom,
    dense,
    inputs,
    operations,
    projects,
    recurrent,
    training,
    varied,
    wiring,
)
from models.kit import ARCHITECTURES  # noqa: F401
