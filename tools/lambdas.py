"""Write tests/recorded_lambdas.json: functions as the bytecode of real Pythons.

python tools/lambdas.py PYTHON2.7 PYTHON3.6 ...
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

RECORDED = Path(__file__).parents[1] / "tests" / "recorded_lambdas.json"
SOURCES = (
    "lambda x: x / 127.5 - 1.0",
    "lambda x: x[:, 0]",
    "lambda x: x[:, -1, :]",
    "lambda x: x[..., 1:3]",
    "lambda x: -x ** 2",
    "lambda x: K.expand_dims(x, axis=-1)",
    "lambda x: K.squeeze(x, 1)",
    "lambda x: K.abs(x[0] - x[1])",
    "lambda x: K.l2_normalize(x, axis=1)",
    "lambda x: tf.image.resize(x, (32, 32))",
    "lambda x: tf.image.resize(x, size=[16, 16], method='nearest')",
    "lambda x: K.concatenate([x[0], x[1]])",
    "lambda x: K.mean(x, axis=[1, 2], keepdims=True)",
    "lambda x: tf.reduce_sum(x, 1)",
    "lambda x: tf.nn.softmax(x)",
    "lambda x: K.one_hot(K.cast(x, 'uint8'), num_classes=10)",
    "lambda x: tf.cast(x, tf.float32)",
    "lambda x: tf.nn.depth_to_space(x, scale)",
    "lambda x, y: x @ y",
    "lambda x: x if x > 0 else -x",
    "lambda x: [one for one in x]",
)
_ASK = """
import base64, dis, json, marshal, sys
sources = json.load(sys.stdin)
found = {}
for source in sources:
    if "@" in source and sys.version_info < (3,):
        continue
    code = eval(source).__code__
    names = [one.opname for one in dis.get_instructions(code)] if hasattr(dis, "Bytecode") else []
    names = [one for one in names if one not in ("CACHE", "EXTENDED_ARG")]
    found[source] = [base64.b64encode(marshal.dumps(code)).decode("ascii"), names]
print(json.dumps(["%d.%d" % sys.version_info[:2], found]))
"""


def main() -> None:
    """Ask each interpreter that is named."""
    given = json.dumps(SOURCES)
    ran = [
        subprocess.run(
            [python, "-c", _ASK], input=given, check=True, capture_output=True, text=True
        )
        for python in sys.argv[1:]
    ]
    RECORDED.write_text(json.dumps(dict(json.loads(one.stdout) for one in ran), indent=0) + "\n")


if __name__ == "__main__":
    main()
