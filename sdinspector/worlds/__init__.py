"""The shapes world: captions, pictures and exact masks, drawn without end.

It is the ground truth of the built-in model: what a caption names is known to the pixel.
"""

from sdinspector.worlds.captions import Caption, Mention, write_caption
from sdinspector.worlds.drawing import PIXELS, Drawing, Sample, ShapesWorld, draw
from sdinspector.worlds.outlines import SHAPES
from sdinspector.worlds.palette import BACKGROUNDS, COLOURS, DEFAULT_BACKGROUND
from sdinspector.worlds.scenes import RELATIONS, Scene, Thing, random_scene

__all__ = [
    "BACKGROUNDS",
    "COLOURS",
    "DEFAULT_BACKGROUND",
    "PIXELS",
    "RELATIONS",
    "SHAPES",
    "Caption",
    "Drawing",
    "Mention",
    "Sample",
    "Scene",
    "ShapesWorld",
    "Thing",
    "draw",
    "random_scene",
    "write_caption",
]
