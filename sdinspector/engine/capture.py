"""What a denoiser call keeps besides its result: hooks that are put on for it and taken off after.

The hooks look and copy; nothing they do reaches the model's own numbers. They are on for the length
of one call, so that other work between two calls of a run is not captured by mistake.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from sdinspector.core import Cancelled, CaptureSpec, InspectorError, ShouldStop, matches
from sdinspector.engine.attention import AttentionReader, check_readable
from sdinspector.engine.devices import to_numpy
from sdinspector.engine.structure import Shapes, first_tensor, kind_of

BLOCK_KINDS = frozenset({"resnet", "transformer", "sampler"})
BLOCKS = "blocks"
Kept = dict[str, NDArray[np.generic]]


@dataclass(frozen=True)
class Plan:
    """Which modules of the denoiser are looked at, by path without ``unet.`` in front.

    Attributes
    ----------
    attention
        Cross-attentions whose probabilities are kept.
    statistics, activations
        Modules whose output is described or copied. Where a module is called several times in one
        call of the denoiser, the last time counts.
    both_branches
        Whether the unconditional branch's attention is kept too.
    """

    attention: tuple[str, ...] = ()
    statistics: tuple[str, ...] = ()
    activations: tuple[str, ...] = ()
    both_branches: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path of the plan once, in no particular order."""
        return tuple(dict.fromkeys((*self.attention, *self.statistics, *self.activations)))


def make_plan(unet: nn.Module, capture: CaptureSpec) -> Plan:
    """Choose the modules that a capture's patterns name.

    Raises
    ------
    InspectorError
        ``capture.no-module`` for a pattern that fits no module, with the nearest paths;
        ``capture.fused``, ``capture.unreadable``.
    """
    modules = {path: module for path, module in unet.named_modules() if path}
    cross = [path for path, module in modules.items() if kind_of(module) == "cross_attention"]
    blocks = [path for path, module in modules.items() if kind_of(module) in BLOCK_KINDS]
    callable_paths = [
        path
        for path, module in modules.items()
        if not isinstance(module, nn.ModuleList | nn.ModuleDict)
    ]
    plan = Plan(
        attention=_chosen(capture.attention, cross, ()),
        statistics=_chosen(capture.statistics, callable_paths, blocks),
        activations=_chosen(capture.activations, callable_paths, blocks),
        both_branches=capture.both_branches,
    )
    for path in plan.attention:
        check_readable(path, modules[path])
    return plan


def _chosen(
    patterns: tuple[str, ...], paths: Sequence[str], blocks: Sequence[str]
) -> tuple[str, ...]:
    wanted = tuple(pattern for pattern in patterns if pattern != BLOCKS)
    for pattern in wanted:
        if pattern != "*" and not any(matches(path, (pattern,)) for path in paths):
            near = difflib.get_close_matches(pattern, paths, n=3, cutoff=0.3)
            hint = f" Near: {', '.join(near)}." if near else ""
            raise InspectorError(
                "capture.no-module",
                f"No module of the denoiser fits {pattern!r}.{hint}",
                pattern=pattern,
                near=near,
            )
    taken = set(blocks) if BLOCKS in patterns else set()
    return tuple(path for path in paths if path in taken or matches(path, wanted))


def describe_layers(unet: nn.Module, plan: Plan, shapes: Shapes) -> dict[str, dict[str, Any]]:
    """Return what a recording says of each captured module: class, kind, shape, heads and grid.

    Parameters
    ----------
    unet, plan
        The denoiser and what is captured of it.
    shapes
        Output shapes for the run's size, by path with ``unet.`` in front.
    """
    layers: dict[str, dict[str, Any]] = {}
    for path in plan.paths:
        module: Any = unet.get_submodule(path)
        shape = shapes.get(f"unet.{path}")
        layers[path] = {
            "class": type(module).__name__,
            "kind": kind_of(module),
            "shape": None if shape is None else list(shape),
        }
        if path in plan.attention:
            outer = shapes.get(f"unet.{_transformer_path(path)}")
            layers[path]["heads"] = int(module.heads)
            layers[path]["grid"] = None if outer is None else list(outer[1:])
    return layers


def _transformer_path(attention_path: str) -> str:
    """Return the path of the Transformer2DModel around an attention."""
    return attention_path.rsplit(".transformer_blocks.", 1)[0]


class Watcher:
    """The modules of a plan, looked up once for the many calls of a run.

    Parameters
    ----------
    unet, plan
        The denoiser and what to keep of it.
    """

    def __init__(self, unet: nn.Module, plan: Plan) -> None:
        self.plan = plan
        self._blocks = _blocks(unet)
        self._attention = [
            (path, unet.get_submodule(path), unet.get_submodule(_transformer_path(path)))
            for path in plan.attention
        ]
        self._statistics = [(path, unet.get_submodule(path)) for path in plan.statistics]
        self._activations = [(path, unet.get_submodule(path)) for path in plan.activations]

    @contextmanager
    def watching(
        self, columns: Sequence[int], should_stop: ShouldStop | None = None
    ) -> Iterator[Kept]:
        """Keep what the plan names of the denoiser call inside this context.

        Parameters
        ----------
        columns
            For each branch of the batch (unconditional first where both run), how many of its
            positions come before the padding.
        should_stop
            Asked before every block; the call is left with
            :class:`~sdinspector.core.Cancelled`.

        Yields
        ------
        dict
            Filled while the call runs: ``statistics/<path>`` ``[branch, 6]`` float32,
            ``activation/<path>``, ``cross_attention/<path>`` ``[heads, tokens, h, w]`` float16
            and ``cross_attention_uncond/<path>``.
        """
        kept: Kept = {}
        handles: list[Any] = []
        try:
            if should_stop is not None:
                handles += _stop_hooks(self._blocks, should_stop)
            for path, attention, transformer in self._attention:
                handles += self._read(path, attention, transformer, columns, kept)
            for path, module in self._statistics:
                hook = _hook(f"statistics/{path}", describe, kept)
                handles.append(module.register_forward_hook(hook))
            for path, module in self._activations:
                hook = _hook(f"activation/{path}", to_numpy, kept)
                handles.append(module.register_forward_hook(hook))
            yield kept
        finally:
            for handle in handles:
                handle.remove()

    def _read(
        self,
        path: str,
        attention: nn.Module,
        transformer: nn.Module,
        columns: Sequence[int],
        kept: Kept,
    ) -> list[Any]:
        last = len(columns) - 1
        wanted = range(last + 1) if self.plan.both_branches else (last,)

        def keep(index: int, maps: torch.Tensor) -> None:
            name = "cross_attention" if index == last else "cross_attention_uncond"
            kept[f"{name}/{path}"] = to_numpy(maps)

        samples = [(index, columns[index]) for index in wanted]
        return AttentionReader(attention, transformer, samples, keep).attach()


@contextmanager
def stoppable(module: nn.Module, should_stop: ShouldStop | None) -> Iterator[None]:
    """Leave a call of ``module`` with ``Cancelled`` as soon as ``should_stop`` says so."""
    handles = [] if should_stop is None else _stop_hooks(_blocks(module), should_stop)
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _stop_hooks(blocks: Iterable[nn.Module], should_stop: ShouldStop) -> list[Any]:
    def check(_module: nn.Module, _inputs: Any) -> None:
        if should_stop():
            raise Cancelled

    return [block.register_forward_pre_hook(check) for block in blocks]


def _blocks(root: nn.Module) -> list[nn.Module]:
    return [module for module in root.modules() if kind_of(module) in BLOCK_KINDS]


def _hook(
    name: str, look: Callable[[torch.Tensor], NDArray[np.generic]], kept: Kept
) -> Callable[[nn.Module, Any, Any], None]:
    def hook(_module: nn.Module, _inputs: Any, output: Any) -> None:
        tensor = first_tensor(output)
        if tensor is not None and tensor.ndim > 1:
            kept[name] = look(tensor)

    return hook


def describe(output: torch.Tensor) -> NDArray[np.generic]:
    r"""Return six numbers for each sample of a batch: ``[branch, 6]`` float32.

    Mean, standard deviation (of the population), smallest, largest, mean of \|x\|, fraction of
    exact zeros. Not-a-number stays visible: any in the output makes its row not-a-number.
    """
    # Written out for speed: on a CPU this takes a quarter of the time of torch.std_mean, aminmax
    # and count_nonzero, and on small models it is these that a capture costs.
    flat = output.detach().flatten(1).float()
    count = flat.shape[1]
    mean = flat.mean(dim=1)
    spread = torch.linalg.vector_norm(flat - mean[:, None], dim=1) / count**0.5
    absolute = flat.abs()
    zeros = torch.zeros_like(mean)
    if not bool((absolute.amin(dim=1) > 0.0).all()):
        zeros = 1.0 - torch.count_nonzero(flat, dim=1) / count
    low, high = flat.amin(dim=1), flat.amax(dim=1)
    return to_numpy(torch.stack([mean, spread, low, high, absolute.mean(dim=1), zeros], dim=1))
