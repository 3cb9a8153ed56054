"""What can be saved of the text viewer."""

from __future__ import annotations

from typing import Any

import numpy as np

from sdinspector.analysis import embeddings
from sdinspector.app.texts import tr
from sdinspector.app.viewer import DisplayState
from sdinspector.core import FigureSpec
from sdinspector.core.text_states import TextStates
from sdinspector.viewers.text.pages import MatrixPage


def of_page(key: str, page: Any, found: TextStates, display: DisplayState) -> list[FigureSpec]:
    """Return the matrix of a page, or the table of tokens."""
    about = {
        "prompt": found.prompt,
        "state": found.used,
        "tokens": [token.piece for token in found.tokens],
    }
    if not isinstance(page, MatrixPage):
        return [_tokens(found, about)]
    titles = {
        "embedding": tr("Text embedding: {prompt}", prompt=found.prompt),
        "angles": tr("Cosine between tokens: {prompt}", prompt=found.prompt),
        "attention": tr("Attention of the text encoder: {prompt}", prompt=found.prompt),
    }
    signed = key != "attention"
    return [
        FigureSpec(
            name=f"text-{key}",
            title=titles[key],
            kind="map",
            arrays={"map": page.values},
            colour_map=display.diverging_map if signed else display.colour_map,
            about=about,
        ),
        _tokens(found, about),
    ]


def _tokens(found: TextStates, about: dict[str, Any]) -> FigureSpec:
    return FigureSpec(
        name="text-tokens",
        title=tr("Tokens: {prompt}", prompt=found.prompt),
        kind="table",
        arrays={
            "index": np.arange(len(found.tokens)),
            "id": found.ids,
            "piece": np.array([token.piece for token in found.tokens]),
            "kind": np.array([token.kind for token in found.tokens]),
            "length": embeddings.norms(found.embedding),
        },
        about=about,
    )
