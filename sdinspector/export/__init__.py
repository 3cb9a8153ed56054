"""Writing pictures, arrays and figures to files."""

from sdinspector.export.figures import ENDINGS, about_of, export_figure, picture
from sdinspector.export.recordings import (
    QUANTITIES,
    TITLES,
    Quantity,
    export_recording,
    latents_figure,
    latents_sheet,
    quantity_of,
)

__all__ = [
    "ENDINGS",
    "QUANTITIES",
    "TITLES",
    "Quantity",
    "about_of",
    "export_figure",
    "export_recording",
    "latents_figure",
    "latents_sheet",
    "picture",
    "quantity_of",
]
