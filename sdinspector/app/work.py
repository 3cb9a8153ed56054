"""What the model's thread is at, as a person reads it."""

from __future__ import annotations

from sdinspector.app.texts import mark, tr

#: What the engine says while it works; it speaks English and knows no translations.
TEXTS = (
    mark("checking the weights"),
    mark("encoding and decoding tiles"),
    mark("encoding the others"),
    mark("encoding the pictures"),
    mark("fitting the colour preview"),
    mark("loading the LoRA"),
    mark("looking at the model's files"),
    mark("loss after"),
    mark("loss before"),
    mark("loss of others after"),
    mark("loss of others before"),
    mark("reading the model's anatomy"),
)
#: The same with a name at the end.
OPENINGS = (
    ("importing ", mark("importing {what}")),
    ("loading the ", mark("loading the {what}")),
    ("moving the model to ", mark("moving the model to {what}")),
)


def translated(text: str) -> str:
    """Return a text of the engine's progress in the language of the window."""
    for opening, whole in OPENINGS:
        if text.startswith(opening):
            return tr(whole, what=text.removeprefix(opening))
    return tr(text)
