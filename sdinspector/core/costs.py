"""What a run will take on the disk, worked out from the model's card before it begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sdinspector.core.modules import DENOISER, ModelCard, ModuleInfo, denoiser_path
from sdinspector.core.spec import RunSpec, matches

BLOCK_KINDS = frozenset({"resnet", "transformer", "sampler"})
"""Kinds of modules that the pattern ``"blocks"`` of a capture stands for."""
BLOCKS = "blocks"

_HALF, _SINGLE = 2, 4
_HEADER = 80  # bytes that a file's header says of an array besides its name
_FILE = 600  # of the rest of a header
_NOT_CALLED = ("ModuleList", "ModuleDict")
_TWICE = ("Heun", "KDPM2")
Size = tuple[int, int]


@dataclass(frozen=True)
class CaptureCost:
    """Bytes that a recording takes.

    Attributes
    ----------
    calls
        How many scheduler calls are expected.
    trajectory, attention, statistics, activations
        Of one call.
    once
        Of what is written once: the conditioning, the last latent, the sums over calls, and the
        picture, as large as it can be.
    layers
        How many modules each of ``"attention"``, ``"statistics"`` and ``"activations"`` takes.
    """

    calls: int
    trajectory: int
    attention: int
    statistics: int
    activations: int
    once: int
    layers: dict[str, int] = field(default_factory=dict)

    @property
    def by_call(self) -> int:
        """Bytes of one call."""
        return self.trajectory + self.attention + self.statistics + self.activations

    @property
    def total(self) -> int:
        """Bytes of the whole recording."""
        return self.calls * self.by_call + self.once


@dataclass(frozen=True)
class _Node:
    path: str
    info: ModuleInfo
    shape: tuple[int, ...] | None
    grid: Size


def expected_calls(scheduler: str, steps: int, strength: float = 1.0) -> int:
    """Return how many scheduler calls a run makes.

    Parameters
    ----------
    scheduler
        diffusers class name.
    steps
        Inference steps.
    strength
        Below 1 where the run starts from a picture: the part of the steps that is done.
    """
    if any(name in scheduler for name in _TWICE):
        whole = 2 * steps - 1
        skipped = 2 * (steps - min(int(steps * strength), steps))
        return max(1, whole - skipped)
    left = min(int(steps * strength), steps)
    return left + 1 if "PNDM" in scheduler else left


def capture_cost(
    card: ModelCard, spec: RunSpec, tokens: int, tokens_uncond: int = 2, scheduler: str = ""
) -> CaptureCost:
    """Work out what a run will take on the disk.

    Parameters
    ----------
    card
        Of the model.
    spec
        What the run is asked to do.
    tokens, tokens_uncond
        How many tokens the prompt and the negative prompt have, BOS and EOS included.
    scheduler
        Class name of the scheduler that will run; the model's own where left out.

    Returns
    -------
    CaptureCost
        Right to a few per cent; a pattern that fits no module costs nothing.
    """
    size = _latent(card, spec)
    branches = 2 if card.takes_guidance and spec.evaluates_both() else 1
    width = _HALF if card.dtype == "float16" else _SINGLE
    nodes = list(_denoiser(card, size))
    capture = spec.capture
    cross = [node for node in nodes if node.info.kind == "cross_attention"]
    attention = _chosen(cross, capture.attention)
    statistics = _chosen(nodes, capture.statistics)
    activations = [node for node in _chosen(nodes, capture.activations) if node.shape]
    columns = [tokens + 1]
    if capture.both_branches and branches == 2:
        columns.append(tokens_uncond + 1)
    maps = sum(sum(columns) * _pixels(node) * (node.info.heads or 1) for node in attention)
    latent = card.latent_channels * size[0] * size[1] * width
    return CaptureCost(
        calls=expected_calls(scheduler or card.scheduler, spec.steps, _strength(spec)),
        trajectory=latent * (2 + branches) + _FILE,
        attention=maps * _HALF + _headers("cross_attention", attention) * len(columns),
        statistics=len(statistics) * branches * 6 * _SINGLE + _headers("statistics", statistics),
        activations=sum(branches * _values(node) * width for node in activations)
        + _headers("activation", activations),
        once=_once(card, spec, branches, width)
        + latent
        + maps * _SINGLE
        + _headers("sum", attention) * len(columns),
        layers={
            "attention": len(attention),
            "statistics": len(statistics),
            "activations": len(activations),
        },
    )


def _once(card: ModelCard, spec: RunSpec, branches: int, width: int) -> int:
    """Return the bytes of the text embeddings, of the picture as it may be, and of the manifest."""
    encoder = card.root.find("text_encoder")
    embedding = 1
    if encoder is not None and encoder.shape:
        embedding = encoder.shape[0] * encoder.shape[-1]
    picture = 3 * (spec.width or card.width) * (spec.height or card.height)
    return branches * embedding * width + picture + 20_000


def _strength(spec: RunSpec) -> float:
    return spec.strength if spec.init else 1.0


def _latent(card: ModelCard, spec: RunSpec) -> Size:
    factor = card.vae_scale_factor
    return (spec.height or card.height) // factor, (spec.width or card.width) // factor


def _denoiser(card: ModelCard, size: Size) -> Iterator[_Node]:
    """Yield every module below the denoiser with its output's shape at a latent's size."""
    root = card.root.find(DENOISER)
    if root is None:
        return
    factor = card.vae_scale_factor
    own = _levels((card.height // factor, card.width // factor))
    there: dict[Size, Size] = {}
    for before, after in zip(own, _levels(size), strict=True):
        there.setdefault(before, after)
    for child in root.children:
        yield from _below(child, there, own[0])


def _below(node: ModuleInfo, there: dict[Size, Size], grid: Size) -> Iterator[_Node]:
    """Yield a module and those below it; ``grid`` is that of the last picture above."""
    shape = node.shape
    if shape is not None and len(shape) == 3:
        grid = (shape[1], shape[2])
        new = there.get(grid)
        shape = shape if new is None else (shape[0], *new)
    elif shape is not None and len(shape) == 2 and shape[0] == grid[0] * grid[1]:
        height, width = there.get(grid, grid)
        shape = (height * width, shape[1])
    yield _Node(denoiser_path(node.path), node, shape, there.get(grid, grid))
    for child in node.children:
        yield from _below(child, there, grid)


def _levels(size: Size) -> list[Size]:
    """Return the sizes that halving a picture again and again gives, as the U does."""
    found = [size]
    for _ in range(8):
        height, width = found[-1]
        found.append(((height + 1) // 2, (width + 1) // 2))
    return found


def _chosen(nodes: list[_Node], patterns: tuple[str, ...]) -> list[_Node]:
    wanted = tuple(pattern for pattern in patterns if pattern != BLOCKS)
    return [
        node
        for node in nodes
        if node.info.fires
        and node.info.class_name not in _NOT_CALLED
        and ((BLOCKS in patterns and node.info.kind in BLOCK_KINDS) or matches(node.path, wanted))
    ]


def _pixels(node: _Node) -> int:
    return node.grid[0] * node.grid[1]


def _values(node: _Node) -> int:
    count = 1
    for length in node.shape or ():
        count *= length
    return count


def _headers(name: str, nodes: list[_Node]) -> int:
    return sum(len(name) + 1 + len(node.path) + _HEADER for node in nodes)
