"""What the activation viewer works out in the reader pool: channels, order, colours, statistics."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis import projection, statistics
from sdinspector.analysis.statistics import Statistics
from sdinspector.app.fetch import Fetched
from sdinspector.core import denoiser_path
from sdinspector.export.recordings import about_call
from sdinspector.recording import Recording
from sdinspector.recording.layout import FINAL
from sdinspector.viewers.activations.numbers import (
    Levels,
    channel_ranges,
    colour_numbers,
    count_bins,
    described_quickly,
)
from sdinspector.viewers.activations.projecting import Bases, projected

Kind: TypeAlias = Literal["maps", "matrix", "vector"]
Shown: TypeAlias = Literal["cond", "uncond", "difference"]
Order: TypeAlias = Literal["index", "variance", "mean_abs", "branch_difference"]
Range: TypeAlias = Literal["each", "step", "run"]

ORDERS: tuple[Order, ...] = ("index", "variance", "mean_abs", "branch_difference")
BINS = 72


@dataclass(frozen=True)
class Wish:
    """What to show of one module at one call.

    Attributes
    ----------
    layer
        Path in the module tree.
    call
        Scheduler call.
    shown
        A branch, or conditional minus unconditional.
    order
        What the channels are sorted by.
    kept
        Channels in the order to keep, which goes before ``order``; ``None`` to sort anew.
    range
        One range of values for each channel, for all channels of the step, or for the run.
    run_levels
        The smallest and largest value of the run, for ``range="run"``; ``None`` if not known.
    signed
        Zero shall lie in the middle of the colours.
    projected
        Work out the projection to three colours.
    bases
        Their components, kept while the calls change.
    counted
        Work out statistics and histograms: somebody looks at them.
    """

    layer: str
    call: int
    shown: Shown = "cond"
    order: Order = "index"
    kept: tuple[int, ...] | None = None
    range: Range = "each"
    run_levels: Levels | None = None
    signed: bool = True
    projected: bool = False
    bases: Bases = field(default_factory=Bases)
    counted: bool = False


@dataclass(frozen=True)
class View:
    """A module's output at one call, ready to be drawn.

    Attributes
    ----------
    wish, fetched
        What was asked for, and the arrays it was made of.
    kind
        ``"maps"``: channels over the picture; ``"matrix"``: channels over tokens, which are no
        grid; ``"vector"``: channels alone.
    branches
        Names of the axis in front of ``values``: ``"uncond"``, ``"cond"``, or ``""`` where the
        module does not know of branches (the VAE).
    values
        ``[branch, C, h, w]`` float32 as the module gave them, sequences laid out on their grid; a
        matrix of n tokens is ``[branch, C, n, 1]``.
    shown, wide
        The chosen branch or the difference, ``[C, h, w]``, and its name.
    order
        Channels in the order of the mosaic.
    ranges
        ``[C, 2]``: smallest and largest finite value of each channel.
    levels
        Ends of the colours for all channels; ``None`` where each has its own.
    indices
        ``[C, h, w]`` uint8 numbers of the colours, in the order of the mosaic; ``None`` where
        values are not finite.
    described
        Statistics by name of branch, and of the difference where it is shown; empty where nobody
        looks at them and the recording holds those of the module.
    counts, edges
        Histograms of the branches, with shared edges; empty where nobody looks at them.
    colours, explained
        The projection ``[h, w, 3]`` and the share of the variance that each colour stands for.
    basis_step
        The step in whose output the components were found.
    """

    wish: Wish
    fetched: Fetched
    kind: Kind
    step: int
    timestep: float
    branches: tuple[str, ...]
    values: NDArray[np.float32]
    shown: NDArray[np.float32]
    name: str
    order: NDArray[np.intp]
    ranges: NDArray[np.float32]
    levels: Levels | None
    indices: NDArray[np.uint8] | None
    described: dict[str, Statistics]
    counts: tuple[NDArray[np.int64], ...]
    edges: NDArray[np.float64]
    colours: NDArray[np.uint8] | None = None
    explained: tuple[float, ...] = ()
    basis_step: int | None = None
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def channels(self) -> int:
        """Number of channels."""
        return self.values.shape[1]

    @property
    def sorted(self) -> NDArray[np.float32]:
        """``shown`` in the order of the mosaic; no copy where that is the channels' own."""
        in_order = bool((self.order[1:] > self.order[:-1]).all())
        return self.shown if in_order else self.shown[self.order]

    def levels_of(self, channel: int) -> Levels:
        """Return the ends of a channel's colours."""
        if self.levels is not None:
            return self.levels
        low, high = self.ranges[channel]
        return float(low), float(high)

    def cell(self, pixel: tuple[float, float]) -> tuple[int, int]:
        """Return row and column of a place given as fractions."""
        height, width = self.values.shape[2:]
        row = min(max(int(pixel[1] * height), 0), height - 1)
        return row, min(max(int(pixel[0] * width), 0), width - 1)

    def place_of(self, channel: int) -> int | None:
        """Return where a channel stands in the mosaic."""
        found = np.flatnonzero(self.order == channel)
        return int(found[0]) if len(found) else None


def call_of(recording: Recording, layer: str, call: int) -> int:
    """Return the call whose output stands for ``call``: the same for all that does not change.

    The text encoder sees the prompt, and the VAE the last latent, or the picture, whatever the
    step; before there is a last latent, the decoder gets the call's x̂₀.
    """
    if layer.startswith("text_encoder"):
        spec = recording.spec
        return 0 if spec.prompt_at(call) == spec.prompt_at(0) else call
    if layer.startswith("vae"):
        return 0 if of_picture(layer) or has_final(recording) else call
    return call


def of_picture(layer: str) -> bool:
    """Return whether a module of the VAE encodes the picture, not decodes a latent."""
    return layer.startswith(("vae.encoder", "vae.quant_conv"))


def has_final(recording: Recording) -> bool:
    """Return whether the latent after the last call is on the disk."""
    return recording.file(FINAL).exists()


def array_name(layer: str) -> str:
    """Return the name of a module's output in recordings: ``activation/mid_block``."""
    return f"activation/{denoiser_path(layer)}"


def prepare(recording: Recording, fetched: Fetched, wish: Wish) -> View:
    """Lay out, sort, describe and colour what was fetched."""
    facts = recording.call(wish.call)
    raw = fetched[array_name(wish.layer)]
    kind, values = laid_out(raw, wish.layer, facts.shapes.get("latent", ())[-2:])
    branches = _branches(wish.layer, len(values), facts.branches)
    shown, name = _chosen(values, branches, wish.shown)
    if wish.kept is not None and len(wish.kept) == len(shown):
        order = np.asarray(wish.kept, dtype=np.intp)
    else:
        by = "index" if wish.order == "branch_difference" and len(values) < 2 else wish.order
        subject = values if by == "branch_difference" else shown[None]
        order = np.asarray(projection.channel_order(subject, by=by), dtype=np.intp)
    ranges, whole = channel_ranges(shown, signed=wish.signed)
    # A range of its own says nothing of a channel with one value; tokens share one to compare.
    alone = kind != "maps" and wish.range == "each"
    levels = _levels(shown, ranges, dataclasses.replace(wish, range="step") if alone else wish)
    indices = colour_numbers(shown, order, ranges, levels) if whole else None
    described: dict[str, Statistics] = {}
    stored = f"statistics/{denoiser_path(wish.layer)}" in facts.shapes
    if wish.counted or name == "difference" or not stored:
        described = _described(values, branches, shown, name)
    counts, edges = _histograms(values, shown, described) if wish.counted else ((), np.zeros(0))
    colours, explained, basis_step = None, (), None
    if wish.projected and kind == "maps" and shown[0].size > 1:
        colours, explained, basis_step = projected(wish.bases, name, shown, facts.step)
    return View(
        wish=wish,
        fetched=fetched,
        kind=kind,
        step=facts.step,
        timestep=facts.timestep,
        branches=branches,
        values=values,
        shown=shown,
        name=name,
        order=order,
        ranges=ranges,
        levels=levels,
        indices=indices,
        described=described,
        counts=counts,
        edges=edges,
        colours=colours,
        explained=explained,
        basis_step=basis_step,
        about={
            **about_call(recording, wish.call),
            "layer": wish.layer,
            "branch": name,
            "origin": fetched.origin,
            "verdict": fetched.verdict,
        },
    )


def _described(
    values: NDArray[np.float32], branches: tuple[str, ...], shown: NDArray[np.float32], name: str
) -> dict[str, Statistics]:
    described = {
        branch: described_quickly(values[number]) for number, branch in enumerate(branches)
    }
    if name == "difference":
        described[name] = described_quickly(shown)
    return described


def _histograms(
    values: NDArray[np.float32], shown: NDArray[np.float32], described: dict[str, Statistics]
) -> tuple[tuple[NDArray[np.int64], ...], NDArray[np.float64]]:
    finite = [item for item in described.values() if item.minimum <= item.maximum]
    reach = (
        min((item.minimum for item in finite), default=0.0),
        max((item.maximum for item in finite), default=1.0),
    )
    bins = min(BINS, max(12, round(1.1 * float(np.sqrt(shown.size)))))
    return count_bins(values, bins, reach)


def laid_out(
    raw: NDArray[Any], layer: str, latent: tuple[int, ...]
) -> tuple[Kind, NDArray[np.float32]]:
    """Bring a module's output into the form ``[branch, C, h, w]``.

    Parameters
    ----------
    raw
        ``[branch, C, h, w]``, ``[branch, n, C]`` or ``[branch, C]``; whatever lies between the
        first axis and the last of anything else counts as tokens.
    layer
        Path in the module tree: keys and values of a cross-attention are of the text, never of
        the picture.
    latent
        Its height and width; the grids of sequences are found from them.
    """
    values = np.asarray(raw, dtype=np.float32)
    if values.ndim == 4:
        return "maps", values
    if values.ndim <= 2:
        flat = values.reshape(len(values), -1) if values.ndim == 2 else values.reshape(1, -1)
        return "vector", flat[:, :, None, None]
    values = values.reshape(len(values), -1, values.shape[-1])
    tokens = values.shape[1]
    grid = None
    if not of_text(layer) and len(latent) == 2:
        grid = projection.grid_of_sequence(tokens, (latent[0], latent[1]))
    across = values.swapaxes(1, 2)
    if grid is None:
        return "matrix", np.ascontiguousarray(across[..., None])
    return "maps", np.ascontiguousarray(across.reshape(*across.shape[:2], *grid))


def of_text(layer: str) -> bool:
    """Return whether a module's sequence holds the text's tokens, not places of the picture."""
    return layer.startswith("text_encoder") or ".attn2.to_k" in layer or ".attn2.to_v" in layer


def _branches(layer: str, count: int, of_call: tuple[str, ...]) -> tuple[str, ...]:
    if layer.startswith("vae"):
        return ("",) * count
    if count == len(of_call):
        return of_call
    return ("uncond", "cond") if count == 2 else ("cond",)[:count]


def _chosen(
    values: NDArray[np.float32], branches: tuple[str, ...], wanted: Shown
) -> tuple[NDArray[np.float32], str]:
    if wanted == "difference" and {"uncond", "cond"} <= set(branches):
        with np.errstate(invalid="ignore"):  # of two infinite values
            return values[branches.index("cond")] - values[branches.index("uncond")], wanted
    if wanted in branches:
        return values[branches.index(wanted)], wanted
    return values[-1], branches[-1]


def _levels(values: NDArray[np.float32], ranges: NDArray[np.float32], wish: Wish) -> Levels | None:
    if wish.range == "each":
        return None
    low, high = float(ranges[:, 0].min()), float(ranges[:, 1].max())
    if wish.range == "run" and wish.run_levels is not None:
        low, high = wish.run_levels
        if wish.signed:
            high = max(abs(low), abs(high))
            low = -high
    elif not values.any():
        return statistics.levels(values, symmetric=wish.signed)
    return (low, high) if low < high else (low - 0.5, high + 0.5)
