"""What the senses of a rule read: facts, as frozen values, with no framework behind them.

Each is filled by one room (`model`, `archive`, `persist`) and only read by the rules, so that a
rule needs neither Keras nor a file to be understood or tested.
"""

from __future__ import annotations

from saveguard.facts.archive import (
    ArchiveFacts,
    Link,
    Member,
    Node,
    Operation,
    Role,
    StoredArray,
    Unread,
)
from saveguard.facts.batch import BatchFacts, LeafFacts, Suspect
from saveguard.facts.card import Bar, Card, Chart, Mark
from saveguard.facts.frozen import Frozen
from saveguard.facts.live import (
    MaskFacts,
    ModelFacts,
    ObjectFacts,
    Parameter,
    Unserialisable,
    VariableFacts,
)
from saveguard.facts.output import Output
from saveguard.facts.preprocessing import Drift, Prepared, PreprocessingFacts
from saveguard.facts.proof import (
    OutputDifference,
    Place,
    ProofFacts,
    ScalarDifference,
    TraitDifference,
)
from saveguard.facts.trouble import Trouble, Troubles

__all__ = [
    "ArchiveFacts",
    "Bar",
    "BatchFacts",
    "Card",
    "Chart",
    "Drift",
    "Frozen",
    "LeafFacts",
    "Link",
    "Mark",
    "MaskFacts",
    "Member",
    "ModelFacts",
    "Node",
    "ObjectFacts",
    "Operation",
    "Output",
    "OutputDifference",
    "Parameter",
    "Place",
    "Prepared",
    "PreprocessingFacts",
    "ProofFacts",
    "Role",
    "ScalarDifference",
    "StoredArray",
    "Suspect",
    "TraitDifference",
    "Trouble",
    "Troubles",
    "Unread",
    "Unserialisable",
    "VariableFacts",
]
