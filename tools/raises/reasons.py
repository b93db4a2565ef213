"""Why a raise has no code: the short names that the table uses, and what they mean."""

from __future__ import annotations

REASONS = {
    "again": "raises again what came: the first exception is the one that is explained",
    "abstract": "a method that a subclass has to define; only who writes such a class meets it",
    "ends": "ends an iteration and is caught by the loop around it",
    "internal": "says that Keras contradicts itself; no call of a user's is known to lead there",
    "caught": "is caught inside Keras, which goes on in another way",
    "says": "names the argument, the value and what it takes: there is no cause behind the words",
    "symbols": "misuse of a symbolic tensor as something else, told in full by the message",
    "estimator": "only for Estimators and their converters, which no later release has",
    "session": "only for graphs and sessions of TF 1, whose arguments no later release has",
    "vendor": "of a callback or download that neither saves, loads nor feeds a model",
    "hook": "for who extends Keras with types, backends or handlers of their own",
    "frames": "several causes share these words; the frames above tell which, a sample has none",
    "attack": "refuses a hostile file, at the name that the message tells",
    "hole": "has no words of its own: what is filled in is another exception's message",
}
