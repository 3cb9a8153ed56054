"""The published recipes that make a heat map of cross-attention, described as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from sdinspector.core import InspectorError


@dataclass(frozen=True)
class RecipeInfo:
    """How a recipe makes a heat map of stored probabilities.

    Attributes
    ----------
    name, title
        What the command line and what people call it.
    source
        Where it is published.
    description
        What it does, in a sentence or two.
    layers
        Which of the layers it is given it takes: ``"all"``, ``"up-down"`` (no middle block), or
        ``"one-grid"`` (of up and down blocks those of one resolution: the nearest to a quarter of
        the latent's sides, 16² for a latent of 64²).
    calls
        Whether scheduler calls are added up (``"sum"``) or averaged (``"mean"``).
    heads
        Whether the heads of a layer are added up or averaged. Averages are over all heads of all
        layers; sums are averaged over layers.
    resizing
        How grids are brought to the latent's size, and a map to the picture's: ``"bicubic"``
        (cubic convolution, a = −0.75), ``"bilinear"`` or ``"nearest"``.
    clips
        What negative values, which cubic convolution makes, are clipped of: of each of the
        ``"heads"``, of their ``"mean"``, or of ``"none"``.
    scale
        How a map is brought to 0…1 for display and masks: ``"range"`` is (m − min)/(max − min),
        ``"maximum"`` is m/max.
    """

    name: str
    title: str
    source: str
    description: str
    layers: Literal["all", "up-down", "one-grid"]
    calls: Literal["sum", "mean"]
    heads: Literal["sum", "mean"]
    resizing: Literal["bicubic", "bilinear", "nearest"]
    clips: Literal["heads", "mean", "none"]
    scale: Literal["range", "maximum"]


RECIPES: Mapping[str, RecipeInfo] = MappingProxyType(
    {
        recipe.name: recipe
        for recipe in (
            RecipeInfo(
                name="daam",
                title="DAAM",
                source="Tang et al. 2023, arXiv 2210.04885; package daam 0.2.0",
                description=(
                    "Steps added up; every head's map resized with cubic convolution and clipped "
                    "at 0; mean over the heads of the down and up blocks."
                ),
                layers="up-down",
                calls="sum",
                heads="mean",
                resizing="bicubic",
                clips="heads",
                scale="range",
            ),
            RecipeInfo(
                name="ovam",
                title="OVAM",
                source="Marcos-Manchón et al., CVPR 2024, arXiv 2403.14291; package ovam",
                description=(
                    "For any text: heads and steps added up, resized linearly, mean over the down "
                    "and up blocks; masks at a fraction of the maximum."
                ),
                layers="up-down",
                calls="sum",
                heads="sum",
                resizing="bilinear",
                clips="none",
                scale="maximum",
            ),
            RecipeInfo(
                name="attention-map-diffusers",
                title="attention-map-diffusers",
                source="package attention-map-diffusers 1.0.0, save_attention_maps",
                description=(
                    "Heads added up, resized linearly, mean over steps and all layers, the middle "
                    "block included."
                ),
                layers="all",
                calls="mean",
                heads="sum",
                resizing="bilinear",
                clips="none",
                scale="range",
            ),
            RecipeInfo(
                name="prompt-to-prompt",
                title="Prompt-to-Prompt",
                source="Hertz et al. 2022, arXiv 2208.01626; aggregate_attention of its notebooks",
                description=(
                    "Down and up blocks of one resolution alone, a quarter of the latent's (16² "
                    "in SD 1.x); mean over steps, layers and heads."
                ),
                layers="one-grid",
                calls="mean",
                heads="mean",
                resizing="bicubic",
                clips="mean",
                scale="maximum",
            ),
            RecipeInfo(
                name="raw",
                title="Raw probabilities",
                source="the stored probabilities themselves",
                description=(
                    "Mean over steps, layers and heads; every cell of a layer's grid keeps its "
                    "value, nothing is interpolated."
                ),
                layers="all",
                calls="mean",
                heads="mean",
                resizing="nearest",
                clips="none",
                scale="range",
            ),
        )
    }
)


def find_recipe(name: str) -> RecipeInfo:
    """Return a recipe by its name.

    Raises
    ------
    InspectorError
        ``heatmap.no-recipe``, with the names that there are.
    """
    found = RECIPES.get(name)
    if found is None:
        raise InspectorError(
            "heatmap.no-recipe",
            f"There is no recipe {name!r}. Recipes are: {', '.join(RECIPES)}.",
            recipe=name,
            recipes=list(RECIPES),
        )
    return found
