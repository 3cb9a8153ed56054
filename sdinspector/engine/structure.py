"""What a pipeline is made of: modules as a tree, shapes from a weightless run, the U's skips."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import torch
from diffusers.models.attention_processor import Attention
from torch import nn

from sdinspector.core import ModuleInfo, SkipConnection
from sdinspector.core.modules import ModuleKind

log = logging.getLogger(__name__)

COMPONENTS = ("text_encoder", "text_encoder_2", "unet", "vae")
Shapes = dict[str, tuple[int, ...]]

_KINDS: dict[str, ModuleKind] = {
    "ResnetBlock2D": "resnet",
    "Transformer2DModel": "transformer",
    "CLIPEncoder": "transformer",
    "BasicTransformerBlock": "block",
    "CLIPEncoderLayer": "block",
    "Encoder": "block",
    "Decoder": "block",
    "CLIPAttention": "self_attention",
    "Downsample2D": "sampler",
    "Upsample2D": "sampler",
    "Timesteps": "embedding",
    "TimestepEmbedding": "embedding",
    "CLIPTextEmbeddings": "embedding",
    "SiLU": "activation",
    "GELU": "activation",
    "QuickGELUActivation": "activation",
    "GELUActivation": "activation",
}
_CONTAINERS = (nn.ModuleList, nn.ModuleDict, nn.Sequential)
_BASES: tuple[tuple[type | tuple[type, ...], ModuleKind], ...] = (
    (_CONTAINERS, "container"),
    ((nn.Conv1d, nn.Conv2d, nn.Conv3d), "convolution"),
    (nn.Linear, "linear"),
    (nn.Embedding, "embedding"),
    ((nn.GroupNorm, nn.LayerNorm, nn.BatchNorm2d), "norm"),
)


def anatomy(model: Any, shapes: Shapes | None = None) -> ModuleInfo:
    """Return the module tree of a model or pipeline.

    Parameters
    ----------
    model
        A :class:`~sdinspector.engine.model.Model` or a diffusers pipeline.
    shapes
        Output shapes by path, as :func:`output_shapes` finds them; found for the model's own
        size where left out.

    Returns
    -------
    ModuleInfo
        The root; its children are the components in the order of :data:`COMPONENTS`.
    """
    pipeline = getattr(model, "pipeline", model)
    if shapes is None:
        shapes = output_shapes(pipeline)
    order = _first_fired(shapes)
    children = tuple(
        _node(name, name, module, shapes, order)
        for name in COMPONENTS
        if isinstance(module := getattr(pipeline, name, None), nn.Module)
    )
    return ModuleInfo(
        path="",
        name=type(pipeline).__name__,
        class_name=type(pipeline).__name__,
        kind="model",
        parameters=sum(child.parameters for child in children),
        bytes=sum(child.bytes for child in children),
        fires=False,
        children=children,
    )


def kind_of(module: nn.Module) -> ModuleKind:
    """Return what a module is for."""
    if isinstance(module, Attention):
        return "cross_attention" if module.is_cross_attention else "self_attention"
    name = type(module).__name__
    if name in _KINDS:
        return _KINDS[name]
    for base, kind in _BASES:
        if isinstance(module, base):
            return kind
    return "block" if "Block2D" in name else "other"


def _first_fired(shapes: Shapes) -> dict[str, int]:
    """Return when each module, or the first one below it, was called: the order of the work."""
    order: dict[str, int] = {}
    for index, path in enumerate(shapes):
        parts = path.split(".")
        for length in range(len(parts), 0, -1):
            order.setdefault(".".join(parts[:length]), index)
    return order


def _node(
    path: str, name: str, module: nn.Module, shapes: Shapes, order: dict[str, int]
) -> ModuleInfo:
    children = [
        _node(f"{path}.{child_name}", child_name, child, shapes, order)
        for child_name, child in module.named_children()
    ]
    # As data flows, not as the class happens to list them (UNets list the middle last); a stable
    # sort leaves what was never called in its place at the end.
    children.sort(key=lambda child: order.get(child.path, len(order)))
    own = list(module.parameters(recurse=False))
    own_count = sum(parameter.numel() for parameter in own)
    own_bytes = sum(parameter.numel() * parameter.element_size() for parameter in own)
    is_component = "." not in path
    return ModuleInfo(
        path=path,
        name=name,
        class_name=type(module).__name__,
        kind="model" if is_component else kind_of(module),
        parameters=own_count + sum(child.parameters for child in children),
        bytes=own_bytes + sum(child.bytes for child in children),
        own_parameters=own_count,
        own_bytes=own_bytes,
        shape=shapes.get(path),
        fires=path in shapes if _was_run(path, shapes) else not isinstance(module, _CONTAINERS),
        children=tuple(children),
        heads=int(module.heads) if isinstance(module, Attention) else None,
    )


def _was_run(path: str, shapes: Shapes) -> bool:
    return path.split(".", 1)[0] in shapes


def first_tensor(output: Any) -> torch.Tensor | None:
    """Return the first tensor of a module's output: itself, or inside a tuple or ModelOutput."""
    if isinstance(output, torch.Tensor):
        return output
    if isinstance(output, dict):
        output = tuple(output.values())
    if isinstance(output, list | tuple):
        return next((found for item in output if (found := first_tensor(item)) is not None), None)
    return None


def output_shapes(
    pipeline: Any, size: tuple[int, int] | None = None, components: tuple[str, ...] = COMPONENTS
) -> Shapes:
    """Return the output shape of every module that is called, without the batch.

    The components are built once more without weights (torch's ``meta`` device) and run there,
    which costs no memory and a fraction of a second. A component that cannot be run so is left
    out.

    Parameters
    ----------
    pipeline
        A diffusers pipeline.
    size
        Height and width of the latent; the model's own where left out.
    components
        Which of :data:`COMPONENTS` to run.

    Returns
    -------
    dict
        Path (``"unet.conv_in"``) to shape (``(320, 64, 64)``). The component's own path is there
        exactly if it ran.
    """
    height, width = size or latent_size(pipeline)
    runs: dict[str, Callable[[nn.Module], Any]] = {
        "text_encoder": lambda module: _run_text_encoder(module, pipeline.tokenizer),
        "text_encoder_2": lambda module: _run_text_encoder(module, pipeline.tokenizer_2),
        "unet": lambda module: _run_unet(module, height, width, _positions(pipeline)),
        "vae": lambda module: _run_vae(module, height, width, _scale_factor(pipeline)),
    }
    shapes: Shapes = {}
    for name in components:
        real = getattr(pipeline, name, None)
        if not isinstance(real, nn.Module):
            continue
        try:
            shapes.update(_shapes_of(name, real, runs[name]))
        except Exception:
            # Shapes are a comfort: a model without them still opens and runs.
            log.warning("no shapes for the modules of %s", name, exc_info=True)
    return shapes


def _shapes_of(name: str, real: nn.Module, run: Callable[[nn.Module], Any]) -> Shapes:
    copy = _without_weights(real)
    found: Shapes = {}

    def note(path: str) -> Callable[..., None]:
        def hook(_module: nn.Module, _inputs: Any, output: Any) -> None:
            tensor = first_tensor(output)
            if tensor is not None:
                found[path] = tuple(tensor.shape[1:])

        return hook

    for path, module in copy.named_modules():
        module.register_forward_hook(note(f"{name}.{path}" if path else name))
    with torch.no_grad():
        output = run(copy)
    # The VAE is run through its encode and decode, so its own forward never fires.
    tensor = first_tensor(output)
    if tensor is not None:
        found.setdefault(name, tuple(tensor.shape[1:]))
    return found


def _without_weights(real: nn.Module) -> nn.Module:
    config: Any = real.config
    with torch.device("meta"):
        module: nn.Module = (
            type(real).from_config(config)  # type: ignore[attr-defined]
            if hasattr(type(real), "from_config")
            else type(real)(config)
        )
    return module.eval()


def _run_text_encoder(module: nn.Module, tokenizer: Any) -> Any:
    length = int(tokenizer.model_max_length)
    return module(torch.zeros(1, length, dtype=torch.long, device="meta"))


def _run_unet(module: nn.Module, height: int, width: int, positions: int) -> Any:
    config: Any = module.config
    condition = None
    if config.time_cond_proj_dim is not None:
        condition = torch.empty(1, config.time_cond_proj_dim, device="meta")
    return module(
        torch.empty(1, config.in_channels, height, width, device="meta"),
        torch.zeros((), device="meta"),
        encoder_hidden_states=torch.empty(1, positions, config.cross_attention_dim, device="meta"),
        timestep_cond=condition,
    )


def _run_vae(module: Any, height: int, width: int, factor: int) -> Any:
    module.encode(torch.empty(1, 3, height * factor, width * factor, device="meta"))
    return module.decode(
        torch.empty(1, module.config.latent_channels, height, width, device="meta")
    )


def _positions(pipeline: Any) -> int:
    return int(pipeline.tokenizer.model_max_length)


def _scale_factor(pipeline: Any) -> int:
    return int(pipeline.vae_scale_factor)


def latent_size(pipeline: Any) -> tuple[int, int]:
    """Return height and width of the latent that the model was made for."""
    size = pipeline.unet.config.sample_size
    return (size, size) if isinstance(size, int) else (int(size[0]), int(size[1]))


def skip_connections(unet: Any, shapes: Shapes | None = None) -> tuple[SkipConnection, ...]:
    """Return the tensors that the down path hands across the U, first to last.

    The down path puts aside the output of ``conv_in``, of each layer (after its attention where
    it has one) and of each downsampler; the up path takes them back last first, one for each of
    its resnets.

    Parameters
    ----------
    unet
        A ``UNet2DConditionModel``.
    shapes
        Output shapes by path as :func:`output_shapes` finds them.
    """
    sources = ["unet.conv_in"]
    for number, block in enumerate(unet.down_blocks):
        path = f"unet.down_blocks.{number}"
        layers = "attentions" if getattr(block, "has_cross_attention", False) else "resnets"
        sources += [f"{path}.{layers}.{layer}" for layer in range(len(block.resnets))]
        if block.downsamplers is not None:
            sources.append(f"{path}.downsamplers.0")
    targets = [
        f"unet.up_blocks.{number}.resnets.{layer}"
        for number, block in enumerate(unet.up_blocks)
        for layer in range(len(block.resnets))
    ]
    known = shapes or {}
    return tuple(
        SkipConnection(source, target, known.get(source))
        for source, target in zip(sources, reversed(targets), strict=True)
    )
