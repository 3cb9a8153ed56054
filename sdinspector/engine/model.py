"""An open model: the pipeline, its card, and what is remembered about it while it is open."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch

from sdinspector.core import InspectorError, ModelCard, Preview
from sdinspector.engine import structure
from sdinspector.engine.devices import dtype_name


class Model:
    """A loaded Stable Diffusion, owned by one thread.

    Parameters
    ----------
    pipeline
        A ``StableDiffusionPipeline`` whose components are on their device, in eval mode.
    source
        What was asked for; goes into the card and into recordings.
    name
        A short name for people.
    digest
        Hash of configuration and weights.

    Attributes
    ----------
    card
        All that others need to know of the model, as plain data.
    device, dtype
        Of the denoiser.
    """

    def __init__(self, pipeline: Any, *, source: str, name: str, digest: str) -> None:
        self._pipeline: Any = pipeline
        self._shapes: dict[tuple[int, int], structure.Shapes] = {}
        self.source = source
        self.device: torch.device = pipeline.unet.device
        self.dtype: torch.dtype = pipeline.unet.dtype
        self.card: ModelCard = self._describe(name, digest)

    @property
    def pipeline(self) -> Any:
        """The diffusers pipeline.

        Raises
        ------
        InspectorError
            ``model.closed`` after :meth:`close`.
        """
        if self._pipeline is None:
            raise InspectorError("model.closed", "This model was closed. Open it again.")
        return self._pipeline

    @property
    def closed(self) -> bool:
        """Whether :meth:`close` was called."""
        return self._pipeline is None

    def close(self) -> None:
        """Let go of the pipeline, so that its memory is free; harmless when called twice."""
        if self._pipeline is None:
            return
        self._pipeline = None
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def shapes(self, height: int, width: int) -> structure.Shapes:
        """Return the denoiser's output shapes by path (``"unet.…"``) for a latent of this size."""
        key = (height, width)
        if key not in self._shapes:
            self._shapes[key] = structure.output_shapes(self.pipeline, key, ("unet",))
        return self._shapes[key]

    def with_preview(self, preview: Preview | None) -> Model:
        """Put the linear latent to RGB map into the card; return the model itself."""
        self.card = replace(self.card, preview=preview)
        return self

    def picture_size(self, width: int, height: int) -> tuple[int, int]:
        """Return width and height with the model's own in place of 0."""
        return width or self.card.width, height or self.card.height

    def _describe(self, name: str, digest: str) -> ModelCard:
        pipeline = self._pipeline
        config = pipeline.unet.config
        shapes = structure.output_shapes(pipeline)
        height, width = structure.latent_size(pipeline)
        self._shapes[height, width] = {
            path: shape for path, shape in shapes.items() if path.split(".", 1)[0] == "unet"
        }
        root = structure.anatomy(pipeline, shapes)
        factor = int(pipeline.vae_scale_factor)
        return ModelCard(
            source=self.source,
            name=name,
            class_name=type(pipeline).__name__,
            device=str(self.device),
            dtype=dtype_name(self.dtype),
            digest=digest,
            root=root,
            skips=structure.skip_connections(pipeline.unet, shapes),
            latent_channels=int(config.in_channels),
            vae_scale_factor=factor,
            width=width * factor,
            height=height * factor,
            # The pipeline itself insists on 8, whatever the VAE's factor is.
            size_multiple=max(8, factor),
            max_tokens=int(pipeline.tokenizer.model_max_length),
            prediction_type=str(pipeline.scheduler.config.get("prediction_type", "epsilon")),
            scheduler=type(pipeline.scheduler).__name__,
            parameters=root.parameters,
            bytes=root.bytes,
            takes_guidance=config.time_cond_proj_dim is None,
            facts={"scaling_factor": float(pipeline.vae.config.scaling_factor)},
        )

    def about(self) -> dict[str, Any]:
        """Return what a recording says of its model, as JSON can hold it."""
        card = self.card
        return {
            "source": card.source,
            "name": card.name,
            "class": card.class_name,
            "device": card.device,
            "dtype": card.dtype,
            "digest": card.digest,
            "latent_channels": card.latent_channels,
            "vae_scale_factor": card.vae_scale_factor,
            "prediction_type": card.prediction_type,
            "scaling_factor": card.facts["scaling_factor"],
        }
