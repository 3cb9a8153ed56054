"""What a denoiser call keeps besides its result: hooks that are put on for it and taken off after.

The hooks look and copy; nothing they do reaches the model's own numbers. They are on for the length
of one call, so that other work between two calls of a run is not captured by mistake.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import torch
from torch import nn

from sdinspector.core import Cancelled, CaptureSpec, InspectorError, ShouldStop, matches
from sdinspector.core.costs import BLOCK_KINDS, BLOCKS
from sdinspector.engine.attention import (
    AttentionReader,
    Hooks,
    Look,
    check_readable,
    probabilities,
    row_probabilities,
    transformer_path,
)
from sdinspector.engine.copying import Copies, Kept
from sdinspector.engine.describing import Describer
from sdinspector.engine.hearing import Layer, Listener
from sdinspector.engine.structure import Shapes, first_tensor, kind_of

Quantity: TypeAlias = Literal["statistics", "activation"]


@dataclass(frozen=True, eq=False)
class TextKeys:
    """What a cross-attention makes of any text: the keys to ask its queries about.

    Attributes
    ----------
    path
        Of the cross-attention.
    text
        The text.
    keys
        ``[positions, heads · d]``, the output of ``to_k``.
    columns
        How many positions come before the padding.
    """

    path: str
    text: str
    keys: torch.Tensor
    columns: int


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
    rows
        Self-attentions and the cells (row, column) of their grids whose view is kept.
    probes
        Texts that the queries of cross-attentions are asked about.
    """

    attention: tuple[str, ...] = ()
    statistics: tuple[str, ...] = ()
    activations: tuple[str, ...] = ()
    both_branches: bool = False
    rows: tuple[tuple[str, int, int], ...] = ()
    probes: tuple[TextKeys, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path that a run captures once, in no particular order."""
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
            if not paths:
                raise no_cross_attention()
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


def no_cross_attention() -> InspectorError:
    """Return the error of asking for words in a denoiser that no word enters."""
    return InspectorError(
        "capture.no-cross-attention",
        "The denoiser of this model has no cross-attention: its layers never look at the words, "
        "so there is nothing to show of them. Activations can be looked at all the same.",
    )


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
            outer = shapes.get(f"unet.{transformer_path(path)}")
            layers[path]["heads"] = int(module.heads)
            layers[path]["grid"] = None if outer is None else list(outer[1:])
    return layers


class Watcher:
    """The modules of a plan, looked up once for the many calls of a run.

    Parameters
    ----------
    unet, plan
        The denoiser and what to keep of it.
    """

    def __init__(self, unet: nn.Module, plan: Plan) -> None:
        self.plan = plan
        self._cross = frozenset(plan.attention)
        self._blocks = _blocks(unet)
        self._attention = [
            (path, unet.get_submodule(path), unet.get_submodule(transformer_path(path)))
            for path in dict.fromkeys(
                [*plan.attention, *(row[0] for row in plan.rows), *(p.path for p in plan.probes)]
            )
        ]
        self._outputs = _outputs(unet, plan.statistics, plan.activations)
        self._copies = Copies()
        self._describer, self._listener = Describer(self._copies), Listener(self._copies)
        self._readers: dict[tuple[int, ...], list[AttentionReader]] = {}
        self._output_hooks = _output_hooks(self._outputs, self._copies, self._describer)

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
            Complete once the context is left: ``statistics/<path>`` ``[branch, 6]`` float32,
            ``activation/<path>``, ``cross_attention/<path>`` ``[heads, tokens, h, w]`` float16,
            ``cross_attention_uncond/<path>``, ``self_attention/<path>@<row>,<column>``
            ``[heads, h, w]`` float32, ``ovam/<path>@<text>`` ``[heads, tokens, h, w]`` float32.
        """
        kept = self._copies.begin()
        self._describer.begin()
        self._listener.begin()
        handles: list[Any] = []
        try:
            if should_stop is not None:
                handles += _stop_hooks(self._blocks, should_stop)
            for reader in self._readers_for(tuple(columns)):
                reader.begin()
                handles += [register(hook) for register, hook in reader.hooks()]
            handles += [register(hook) for register, hook in self._output_hooks]
            yield kept
            self._describer.settle()
            self._listener.settle()
            self._copies.settle()
        finally:
            for handle in handles:
                handle.remove()
            self._copies.begin()

    def _readers_for(self, columns: tuple[int, ...]) -> list[AttentionReader]:
        if columns not in self._readers:
            self._readers[columns] = [
                AttentionReader(attention, transformer, list(self._looks(path, attention, columns)))
                for path, attention, transformer in self._attention
            ]
        return self._readers[columns]

    def _looks(self, path: str, attention: nn.Module, columns: Sequence[int]) -> Iterator[Look]:
        last = len(columns) - 1
        if path in self._cross:
            for index in range(last + 1) if self.plan.both_branches else (last,):
                quantity = "cross_attention" if index == last else "cross_attention_uncond"
                yield self._words(f"{quantity}/{path}", attention, index, columns[index])
        for owner, row, column in self.plan.rows:
            if owner == path:
                yield _row(path, attention, (row, column), self._copies)
        for probe in self.plan.probes:
            if probe.path == path:
                yield _probe(probe, attention, self._copies)

    def _words(self, name: str, attention: Any, index: int, columns: int) -> Look:
        """Return a look that keeps what each pixel of a sample hears of each token."""
        layer = Layer(attention, columns)

        def look(query: torch.Tensor, key: torch.Tensor, grid: tuple[int, int]) -> None:
            self._listener.take(name, (query[index], key[index]), layer, grid)

        return look


def _row(path: str, attention: Any, cell: tuple[int, int], copies: Copies) -> Look:
    """Return a look that keeps what one cell of the conditional branch looks at."""

    def look(query: torch.Tensor, key: torch.Tensor, grid: tuple[int, int]) -> None:
        (row, column), (height, width) = cell, grid
        if not (row < height and column < width):
            raise InspectorError(
                "replay.no-cell",
                f"{path} works on a grid of {height} rows and {width} columns; there is no cell "
                f"{row}, {column}.",
                layer=path,
                rows=height,
                columns=width,
                row=row,
                column=column,
            )
        views = row_probabilities(query[-1], key[-1], attention, row * width + column)
        copies.take(
            f"self_attention/{path}@{row},{column}", views.view(len(views), *grid), owned=True
        )

    return look


def _probe(probe: TextKeys, attention: Any, copies: Copies) -> Look:
    """Return a look that asks the conditional branch's queries about another text."""

    def look(query: torch.Tensor, _key: torch.Tensor, grid: tuple[int, int]) -> None:
        maps = probabilities(query[-1], probe.keys, attention, probe.columns)
        maps = maps.view(*maps.shape[:2], *grid)
        copies.take(f"ovam/{probe.path}@{probe.text}", maps, owned=True)

    return look


@contextmanager
def copying(
    root: nn.Module, wanted: Iterable[tuple[str, Quantity, str]], copies: Copies
) -> Iterator[None]:
    """Copy outputs of modules of any component while it runs.

    Parameters
    ----------
    root
        The component.
    wanted
        Name, what to keep, and the module's path below the component; "" is itself.
    copies
        Where they go; complete once the context is left.
    """
    outputs = [(name, quantity, root.get_submodule(path)) for name, quantity, path in wanted]
    describer = Describer(copies)
    handles = [register(hook) for register, hook in _output_hooks(outputs, copies, describer)]
    try:
        yield
        describer.settle()
        copies.settle()
    finally:
        for handle in handles:
            handle.remove()


def _outputs(
    unet: nn.Module, statistics: Iterable[str], activations: Iterable[str]
) -> list[tuple[str, Quantity, nn.Module]]:
    return [
        *((f"statistics/{path}", "statistics", unet.get_submodule(path)) for path in statistics),
        *((f"activation/{path}", "activation", unet.get_submodule(path)) for path in activations),
    ]


def _output_hooks(
    outputs: Iterable[tuple[str, Quantity, nn.Module]], copies: Copies, describer: Describer
) -> Hooks:
    def described(name: str) -> Callable[..., None]:
        def hook(_module: nn.Module, _inputs: Any, output: Any) -> None:
            tensor = output if isinstance(output, torch.Tensor) else first_tensor(output)
            if tensor is not None and tensor.ndim > 1:
                describer.take(name, tensor)

        return hook

    def copied(name: str) -> Callable[..., None]:
        def hook(_module: nn.Module, _inputs: Any, output: Any) -> None:
            tensor = output if isinstance(output, torch.Tensor) else first_tensor(output)
            if tensor is not None and tensor.ndim > 1:
                copies.take(name, tensor)

        return hook

    return [
        (module.register_forward_hook, (described if quantity == "statistics" else copied)(name))
        for name, quantity, module in outputs
    ]


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
