"""Reads the names of arrays that a replay is asked for, and finds the modules that give them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import torch
from torch import nn

from sdinspector.core import InspectorError, denoiser_path, tree_path
from sdinspector.core.modules import DENOISER
from sdinspector.engine.attention import check_readable
from sdinspector.engine.capture import Plan, Quantity, TextKeys, no_cross_attention
from sdinspector.engine.model import Model
from sdinspector.engine.structure import COMPONENTS, kind_of
from sdinspector.engine.text import embed, prompt_columns, tokenize

_CROSS = ("cross_attention", "cross_attention_uncond", "ovam")
_OUTPUTS = ("statistics", "activation")
_QUANTITIES = (*_CROSS, "self_attention", *_OUTPUTS)
Output = tuple[str, Quantity, str]


@dataclass
class Wanted:
    """What is asked for, by the component that has to work for it.

    Attributes
    ----------
    names
        Of all arrays, as the answer spells them.
    plan
        What to look at in the denoiser.
    outputs
        For each other component: name of the array, quantity, and the module's path below it.
    denoises
        Whether the denoiser has to work.
    """

    names: tuple[str, ...] = ()
    plan: Plan = field(default_factory=Plan)
    outputs: dict[str, list[Output]] = field(default_factory=dict)
    denoises: bool = True


@dataclass(frozen=True)
class _Name:
    """One name taken apart: ``quantity/component.path@argument``."""

    quantity: str
    component: str
    path: str
    argument: str

    @property
    def whole(self) -> str:
        """The name as step files spell it."""
        place = self.path
        if self.component != DENOISER:
            place = f"{self.component}.{self.path}".rstrip(".")
        return f"{self.quantity}/{place}" + (f"@{self.argument}" if self.argument else "")


def read_names(model: Model, names: Sequence[str]) -> Wanted:
    """Find out what has to be looked at for some arrays.

    Parameters
    ----------
    model
        The open model.
    names
        See :func:`sdinspector.engine.replay`.

    Raises
    ------
    InspectorError
        ``replay.no-layer`` with the nearest paths, ``replay.never-called``, ``replay.cell``,
        ``replay.no-text``, ``capture.no-cross-attention``, ``capture.fused``,
        ``capture.unreadable``.
    """
    found = list(dict.fromkeys(_read(model, name) for name in names))
    mine = [name for name in found if name.component == DENOISER]
    outputs: dict[str, list[Output]] = {}
    for name in found:
        if name.component != DENOISER:
            quantity = cast("Quantity", name.quantity)
            outputs.setdefault(name.component, []).append((name.whole, quantity, name.path))
    plan = Plan(
        attention=_paths(mine, "cross_attention", "cross_attention_uncond"),
        statistics=_paths(mine, "statistics"),
        activations=_paths(mine, "activation"),
        both_branches=any(name.quantity == "cross_attention_uncond" for name in mine),
        rows=tuple(
            (name.path, *_cell(name.argument)) for name in mine if name.quantity == "self_attention"
        ),
        probes=tuple(
            keys
            for text in dict.fromkeys(name.argument for name in mine if name.quantity == "ovam")
            for keys in text_keys(
                model,
                text,
                [n.path for n in mine if n.quantity == "ovam" and n.argument == text],
            )
        ),
    )
    return Wanted(
        names=tuple(name.whole for name in found),
        plan=plan,
        outputs=outputs,
        denoises=bool(mine) or not found,
    )


def cross_attentions(model: Model) -> list[str]:
    """Return the paths of the denoiser's cross-attentions.

    Raises
    ------
    InspectorError
        ``capture.no-cross-attention``.
    """
    modules = model.pipeline.unet.named_modules()
    paths = [path for path, module in modules if kind_of(module) == "cross_attention"]
    if not paths:
        raise no_cross_attention()
    return paths


@torch.no_grad()
def text_keys(model: Model, text: str, paths: Iterable[str]) -> list[TextKeys]:
    """Return what cross-attentions make of a text, worked out with their own ``to_k``.

    Parameters
    ----------
    model
        The open model.
    text
        Any text, in the prompt or not; encoded as the pipeline encodes a prompt.
    paths
        Of the cross-attentions, without ``unet.`` in front.
    """
    embedding, _ = embed(model, text, None)
    columns = prompt_columns(tokenize(model, text).tokens)
    found = []
    for path in paths:
        attention = model.pipeline.unet.get_submodule(path)
        seen = embedding.to(model.dtype)
        if attention.norm_cross:
            seen = attention.norm_encoder_hidden_states(seen)
        found.append(TextKeys(path, text, attention.to_k(seen)[0], columns))
    return found


def _read(model: Model, name: str) -> _Name:
    quantity, slash, rest = name.partition("/")
    if not slash:
        quantity, rest = "", name
    argument = ""
    if quantity in ("self_attention", "ovam"):
        rest, _, argument = rest.partition("@")
    component, path = _component(rest)
    root: Any = getattr(model.pipeline, component, None)
    modules = dict(root.named_modules()) if isinstance(root, nn.Module) else {}
    module = modules.get(path)
    if module is None or (component == DENOISER and not path):
        raise no_layer(path if component == DENOISER else rest, list(modules), component)
    kind = kind_of(module)
    if not quantity:
        is_cross = component == DENOISER and kind == "cross_attention"
        quantity = "cross_attention" if is_cross else "activation"
    if quantity not in _QUANTITIES:
        raise no_layer(f"{quantity}/{path}", list(modules), component)
    _check_kind(model, modules, quantity, component, path)
    if quantity in _OUTPUTS:
        _check_called(model, component, path)
    elif quantity == "self_attention":
        _cell(argument)
    elif quantity == "ovam" and not argument.strip():
        raise InspectorError("replay.no-text", "Write a word, or a few, to look for.")
    return _Name(quantity, component, path, argument)


def _component(path: str) -> tuple[str, str]:
    """Return a component's name and the path below it; the denoiser's name may be left out."""
    first, _, rest = path.partition(".")
    if first in COMPONENTS and first != DENOISER:
        return first, rest
    return DENOISER, denoiser_path(path)


def _check_kind(
    model: Model, modules: dict[str, nn.Module], quantity: str, component: str, path: str
) -> None:
    """Refuse to look for attention in what is none."""
    if quantity in _OUTPUTS:
        return
    wanted = "self_attention" if quantity == "self_attention" else "cross_attention"
    if component != DENOISER:
        raise no_layer(f"{quantity}/{component}.{path}", [], component)
    if kind_of(modules[path]) != wanted:
        if wanted == "cross_attention":
            cross_attentions(model)
        near = [item for item, module in modules.items() if kind_of(module) == wanted]
        raise no_layer(f"{quantity}/{path}", near, component)
    check_readable(path, modules[path])


def _check_called(model: Model, component: str, path: str) -> None:
    """Refuse a container, which is never called itself."""
    place = tree_path(path) if component == DENOISER else f"{component}.{path}".rstrip(".")
    node = model.card.root.find(place)
    if node is not None and not node.fires:
        raise never_called(place, [child.path for child in node.children])


def never_called(path: str, children: Sequence[str] = ()) -> InspectorError:
    """Return the error of asking for the output of what has none."""
    hint = f": {', '.join(children[:3])}" if children else ""
    return InspectorError(
        "replay.never-called",
        f"{path} is never called itself, so it has no output. Choose a module inside it{hint}.",
        layer=path,
        inside=list(children),
    )


def no_layer(path: str, known: Sequence[str], component: str = DENOISER) -> InspectorError:
    """Return the error of asking for a layer that is not there, with the nearest paths."""
    place = path.split("/", 1)[-1]
    place = place.removeprefix(component + ".")
    near = difflib.get_close_matches(place, known, n=3, cutoff=0.4)
    if component != DENOISER:
        near = [f"{component}.{item}" for item in near]
    hint = f" Near: {', '.join(near)}." if near else ""
    whose = {"unet": "denoiser", "vae": "VAE"}.get(component, "text encoder")
    return InspectorError(
        "replay.no-layer",
        f"The {whose} has nothing called {path!r} to replay.{hint}",
        layer=path,
        near=near,
    )


def _cell(text: str) -> tuple[int, int]:
    row, _, column = text.partition(",")
    if not (row.isdigit() and column.isdigit()):
        raise InspectorError(
            "replay.cell",
            f"A cell of a layer's grid is written as row,column, such as 3,5, not {text!r}.",
            text=text,
        )
    return int(row), int(column)


def _paths(names: Iterable[_Name], *quantities: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.path for name in names if name.quantity in quantities))
