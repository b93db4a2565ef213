"""What a traceback says, however it reached us: as text that somebody pasted, or as an exception.

A trace is what one run printed: exceptions from the first cause to the last, each with the frames
that it passed. What a paste does not show is empty, never guessed.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Link = Literal["", "cause", "context", "group"]
# Where a word of Keras was seen: in a frame's file, elsewhere in the text, or nowhere.
Seen = Literal["frame", "mention", ""]


class Frame(msgspec.Struct, frozen=True):
    """One call that was going on.

    Attributes:
        file: As printed, with `/` between folders.
        line: Its number, or 0.
        function: Its name, without a class or arguments; empty where it is not printed.
        source: The line of code, without indentation; empty where it is not printed.
    """

    file: str
    line: int = 0
    function: str = ""
    source: str = ""


class Raised(msgspec.Struct, frozen=True):
    """One exception.

    Attributes:
        type: The class's name, without its module; empty where only a message was pasted.
        message: Its text, as printed.
        bases: Names of the classes it derives from, where they are known.
        frames: From the outermost call to the one that raised.
        link: What joins it to the exception before it: `cause` (raise from), `context` (raised
            while that was handled), `group` (both are members of a group).
        whole: Whether its frames begin where the program did; a paste may be cut at the top.
    """

    type: str
    message: str
    bases: tuple[str, ...] = ()
    frames: tuple[Frame, ...] = ()
    link: Link = ""
    whole: bool = True


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """The exceptions of one run, and what their frames and words tell of it.

    Attributes:
        raised: From the first cause to the exception that ended it.
        stages: What was being done, from outside in: `fit`, `checkpoint`, `save`.
        eras: The releases whose files look like these; empty: unknown. See `diagnosis.place`.
        keras: Whether a frame is of Keras, or only a word is, or neither.
        libraries: The other libraries whose frames were seen.
    """

    raised: tuple[Raised, ...]
    stages: tuple[str, ...] = ()
    eras: tuple[str, ...] = ()
    keras: Seen = ""
    libraries: tuple[str, ...] = ()

    @property
    def frames(self) -> tuple[Frame, ...]:
        """The frames of all its exceptions."""
        return tuple(frame for one in self.raised for frame in one.frames)

    @property
    def last(self) -> Raised:
        """The exception that ended the run."""
        return self.raised[-1]
