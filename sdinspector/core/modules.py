"""What a model is made of, as plain data: modules, skip connections, the model's card."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

ModuleKind: TypeAlias = Literal[
    "model",
    "container",
    "block",
    "resnet",
    "transformer",
    "self_attention",
    "cross_attention",
    "attention",
    "sampler",
    "convolution",
    "linear",
    "norm",
    "embedding",
    "activation",
    "other",
]


@dataclass(frozen=True)
class ModuleInfo:
    """One node of a model's module tree.

    Attributes
    ----------
    path
        Dotted path that starts with the component: ``unet.down_blocks.0.resnets.1``. The root of
        a component is its name alone; the root of all is the empty string.
    name
        Last part of the path.
    class_name
        Name of the Python class.
    kind
        What the node is for, for icons and for what can be captured from it.
    parameters, bytes
        Count and size of the parameters of this node and everything below it.
    own_parameters, own_bytes
        The same without what lies below.
    shape
        Shape of the output without the batch, ``(C, h, w)`` or ``(n, C)``, once known.
    fires
        Whether the module is called in a forward pass. Containers such as ``down_blocks`` never
        are, so nothing can be captured from them.
    children
        The nodes directly below, in the order of the model.
    heads
        Of an attention.
    """

    path: str
    name: str
    class_name: str
    kind: ModuleKind
    parameters: int = 0
    bytes: int = 0
    own_parameters: int = 0
    own_bytes: int = 0
    shape: tuple[int, ...] | None = None
    fires: bool = True
    children: tuple[ModuleInfo, ...] = ()
    heads: int | None = None

    def walk(self) -> Iterator[ModuleInfo]:
        """Yield this node and every node below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()

    def find(self, path: str) -> ModuleInfo | None:
        """Return the node at ``path`` below this one, or ``None``."""
        node: ModuleInfo | None = self
        while node is not None and node.path != path:
            below = (child for child in node.children if f"{path}.".startswith(f"{child.path}."))
            node = next(below, None)
        return node


@dataclass(frozen=True)
class SkipConnection:
    """A tensor that a down block hands across the U to an up block.

    ``source`` and ``target`` are module paths (``unet.down_blocks.0.resnets.0`` to
    ``unet.up_blocks.3.resnets.1``), ``shape`` is ``(C, h, w)`` once known.
    """

    source: str
    target: str
    shape: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Preview:
    """A linear map from latent channels to RGB: ``rgb = z · matrix + bias``, then ``(rgb+1)/2``.

    Attributes
    ----------
    matrix
        One row of three numbers for each latent channel.
    bias
        Three numbers.
    source
        ``"known"`` for published factors, ``"fitted"`` for a least-squares fit to this VAE.
    """

    matrix: tuple[tuple[float, float, float], ...]
    bias: tuple[float, float, float] = (0.0, 0.0, 0.0)
    source: str = "fitted"

    def to_json(self) -> dict[str, Any]:
        """Return a dictionary that JSON can hold."""
        return {
            "matrix": [list(row) for row in self.matrix],
            "bias": list(self.bias),
            "source": self.source,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Preview:
        """Read what :meth:`to_json` wrote.

        Raises
        ------
        KeyError, ValueError, TypeError
            Where the numbers are not of the form above.
        """
        rows = []
        for row in data["matrix"]:
            red, green, blue = row
            rows.append((float(red), float(green), float(blue)))
        red, green, blue = data.get("bias", (0.0, 0.0, 0.0))
        return cls(
            matrix=tuple(rows),
            bias=(float(red), float(green), float(blue)),
            source=str(data.get("source", "fitted")),
        )


@dataclass(frozen=True)
class ModelCard:
    """All that the window needs to know of a loaded model, without the model.

    Attributes
    ----------
    source
        What was asked for: ``"shapes"``, a folder, or a name in the local hub cache.
    name
        A short name for people.
    class_name
        Name of the diffusers pipeline class.
    device, dtype
        Where the weights are and in which precision: ``"cpu"``, ``"float32"``.
    digest
        Hash of configuration and weights: equal digests, equal models.
    root
        The module tree; its children are the components.
    skips
        The skip connections of the U, first to last.
    latent_channels, vae_scale_factor
        Channels of the latent; pixels of the picture for one latent pixel, each way.
    width, height
        The picture size that the model was trained for, in pixels.
    size_multiple
        Width and height must be multiples of this.
    max_tokens
        Length of the text encoder's input, 77 for CLIP.
    prediction_type
        ``"epsilon"``, ``"v_prediction"`` or ``"sample"``.
    scheduler
        Class name of the scheduler that the model brings.
    parameters, bytes
        Of all components together.
    preview
        Linear latent to RGB map.
    takes_guidance
        False for a model that has guidance distilled into it.
    """

    source: str
    name: str
    class_name: str
    device: str
    dtype: str
    digest: str
    root: ModuleInfo
    skips: tuple[SkipConnection, ...] = ()
    latent_channels: int = 4
    vae_scale_factor: int = 8
    width: int = 512
    height: int = 512
    size_multiple: int = 8
    max_tokens: int = 77
    prediction_type: str = "epsilon"
    scheduler: str = "PNDMScheduler"
    parameters: int = 0
    bytes: int = 0
    preview: Preview | None = None
    takes_guidance: bool = True
    facts: dict[str, Any] = field(default_factory=dict)


DENOISER = "unet"


def denoiser_path(path: str) -> str:
    """Return a module path as recordings spell it: without the leading ``unet.``."""
    return path.removeprefix(DENOISER + ".")


def tree_path(path: str) -> str:
    """Return a recording's module path as the module tree spells it: with ``unet.`` in front."""
    if path.split(".", 1)[0] in {DENOISER, "vae", "text_encoder", "text_encoder_2"}:
        return path
    return f"{DENOISER}.{path}"
