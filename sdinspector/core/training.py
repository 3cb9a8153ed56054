"""What a training on pictures of one's own is told, as plain data."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from sdinspector.core.errors import InspectorError

Method: TypeAlias = Literal["auto", "whole", "lora"]
LARGE = 200_000_000
"""Parameters of a UNet from which "auto" trains a LoRA."""


@dataclass(frozen=True)
class TrainingSpec:
    """Settings of a training.

    Attributes
    ----------
    method
        "whole" trains all weights of the UNet, "lora" two thin matrices beside those of its
        attention (Hu et al. 2021, arXiv 2106.09685); "auto" takes LoRA for large models.
    steps
        Optimizer steps.
    batch, accumulation
        Pictures at a time, and how many such batches a step adds up.
    learning_rate, warmup
        Peak of the rate, reached after so many steps; it falls along a cosine after that. A rate
        of 0 stands for the method's own: 2e-4 for the whole UNet, 1e-3 for LoRA.
    caption_dropout
        How often a caption is replaced by the empty one: what guidance lives on.
    min_snr
        γ of the min-SNR weights (Hang et al. 2023, arXiv 2303.09556); 0 for the plain loss.
    average
        Decay a step of the weights' exponential moving average, which is what is kept at the end;
        0 keeps the weights themselves.
    seed
        Of the order of pictures and of all chance.
    rank, alpha
        Of LoRA: the width of its matrices, and what their product is multiplied with (α/rank).
        0 takes the rank for α.
    width, height
        Size of the pictures; 0 for the model's own.
    prompts
        Pictures of these are made on the way.
    every
        Steps between two of them; 0 for none.
    guidance, sampling_steps
        Of those pictures.
    """

    method: Method = "auto"
    steps: int = 200
    batch: int = 4
    accumulation: int = 1
    learning_rate: float = 0.0
    warmup: int = 10
    caption_dropout: float = 0.1
    min_snr: float = 0.0
    average: float = 0.0
    seed: int = 0
    rank: int = 8
    alpha: float = 0.0
    width: int = 0
    height: int = 0
    prompts: tuple[str, ...] = ()
    every: int = 0
    guidance: float = 3.0
    sampling_steps: int = 20

    def validate(self) -> None:
        """Refuse what cannot be trained.

        Raises
        ------
        InspectorError
            ``training.setting``.
        """
        least = {"steps": 1, "batch": 1, "accumulation": 1, "warmup": 0, "rank": 1, "every": 0}
        for name, lowest in {**least, "sampling_steps": 1, "seed": 0}.items():
            value = getattr(self, name)
            if value < lowest:
                raise _wrong(name, value, f"a whole number from {lowest}", f"≥ {lowest}")
        for name in ("learning_rate", "min_snr", "alpha", "guidance"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0.0):
                raise _wrong(name, value, "a number from 0", "≥ 0")
        if not 0.0 <= self.caption_dropout <= 1.0:
            raise _wrong("caption_dropout", self.caption_dropout, "a share from 0 to 1", "0 … 1")
        if not 0.0 <= self.average < 1.0:
            raise _wrong("average", self.average, "a decay from 0 to below 1", "≥ 0, < 1")
        if self.method not in ("auto", "whole", "lora"):
            raise _wrong("method", self.method, "auto, whole or lora", "auto, whole, lora")

    def method_for(self, parameters: int) -> Method:
        """Return "whole" or "lora" for a UNet with so many parameters."""
        if self.method != "auto":
            return self.method
        return "lora" if parameters > LARGE else "whole"

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {**dataclasses.asdict(self), "prompts": list(self.prompts)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> TrainingSpec:
        """Return the settings of :meth:`to_json`; unknown names are left out."""
        names = {field.name for field in dataclasses.fields(cls)}
        known = {name: value for name, value in data.items() if name in names}
        return cls(**{**known, "prompts": tuple(known.get("prompts", ()))})


def _wrong(name: str, value: Any, wanted: str, span: str) -> InspectorError:
    """Say what a setting must be: in words, and as ``span`` for translations, without words."""
    told = name.replace("_", " ")
    return InspectorError(
        "training.setting",
        f"The {told} must be {wanted}, not {value}.",
        name=told,
        value=value,
        wanted=wanted,
        span=span,
    )
