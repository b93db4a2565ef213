"""Old archives on today's Keras.

    plan = migrate.plan("old.h5")                 # what would be done; no framework is imported
    model = migrate.build("old.h5", custom={"Attention": Attention})
    done = migrate.run("old.h5", "new.keras")     # built, written and proven to reload

`source` reads the configuration and the arrays, `steps` rewrite the one, `weights` carries the
others over, `build` has Keras make the model. Nothing in the file is executed.
"""

from __future__ import annotations

from saveguard.migrate.plan import Applied, Carry, Need, Plan, plan
from saveguard.migrate.run import Migration, build, run
from saveguard.migrate.step import Step

__all__ = ["Applied", "Carry", "Migration", "Need", "Plan", "Step", "build", "plan", "run"]
