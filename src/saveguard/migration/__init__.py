"""Old archives on today's Keras.

    plan = migration.plan("old.h5")                 # what would be done; no framework is imported
    model = migration.build("old.h5", custom={"Gate": Gate})
    done = migration.run("old.h5", "new.keras")     # built, written and proven to reload

`source` reads the configuration and the arrays, `steps` rewrite the one, `weights` carries the
others over, `build` has Keras make the model. Nothing in the file is executed.
"""

from __future__ import annotations

from saveguard.migration.plan import Applied, Carry, Need, Plan, plan
from saveguard.migration.run import Migration, build, run
from saveguard.migration.step import Step

__all__ = ["Applied", "Carry", "Migration", "Need", "Plan", "Step", "build", "plan", "run"]
