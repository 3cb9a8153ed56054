"""What a run is asked to do: everything that decides its result, as plain data."""

from __future__ import annotations

import dataclasses
import fnmatch
import math
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, cast, get_args

from sdinspector.core.edits import EDIT_KINDS, Edit
from sdinspector.core.errors import InspectorError

Branches: TypeAlias = Literal["auto", "both", "cond"]
Branch: TypeAlias = Literal["uncond", "cond"]
BRANCHES: tuple[str, ...] = get_args(Branches)
MAX_SEED = 2**63 - 1
MAX_STEPS = 1000
MAX_SIDE = 4096


@dataclass(frozen=True)
class CaptureSpec:
    """What a run stores besides its trajectory.

    Each field is a list of shell-style patterns over module paths without ``unet.`` in front:
    ``("*",)`` is all, ``()`` none, ``("mid_block.*",)`` a part.

    Attributes
    ----------
    attention
        Cross-attention probabilities of the prompt's tokens.
    statistics
        Six numbers a branch for the output of each module. The word ``"blocks"`` stands for the
        resnets, transformer blocks and samplers.
    activations
        Whole outputs.
    both_branches
        Store the cross-attention of the unconditional branch too.
    """

    attention: tuple[str, ...] = ("*",)
    statistics: tuple[str, ...] = ("blocks",)
    activations: tuple[str, ...] = ()
    both_branches: bool = False

    @classmethod
    def nothing(cls) -> CaptureSpec:
        """Return the capture that stores the trajectory alone."""
        return cls(attention=(), statistics=(), activations=())

    @classmethod
    def everything(cls) -> CaptureSpec:
        """Return the capture that stores all there is; on a full-size model this is gigabytes."""
        return cls(attention=("*",), statistics=("*",), activations=("*",))

    @classmethod
    def parse(cls, text: str) -> CaptureSpec:
        """Read ``attention,statistics,activations=PATTERN`` as the command line has it.

        A name alone means its default (for activations: all); ``name=PATTERN`` chooses modules
        and may be repeated; ``all`` and ``none`` stand alone.

        Raises
        ------
        InspectorError
            ``capture.unknown`` for any other name.
        """
        parts = [part.strip() for part in text.split(",") if part.strip()]
        if parts == ["all"]:
            return cls.everything()
        if parts in ([], ["none"]):
            return cls.nothing()
        default = {"attention": ("*",), "statistics": ("blocks",), "activations": ("*",)}
        chosen: dict[str, tuple[str, ...]] = {}
        both = False
        for part in parts:
            name, _, pattern = part.partition("=")
            if name == "both-branches" and not pattern:
                both = True
            elif name in default:
                chosen[name] = chosen.get(name, ()) + ((pattern,) if pattern else default[name])
            else:
                raise InspectorError(
                    "capture.unknown",
                    f"Cannot capture {part!r}. Use attention, statistics, activations=PATTERN, "
                    "both-branches, all or none.",
                    name=part,
                )
        return cls(
            attention=chosen.get("attention", ()),
            statistics=chosen.get("statistics", ()),
            activations=chosen.get("activations", ()),
            both_branches=both,
        )

    def to_json(self) -> dict[str, Any]:
        """Return a dictionary that JSON can hold."""
        return {
            "attention": list(self.attention),
            "statistics": list(self.statistics),
            "activations": list(self.activations),
            "both_branches": self.both_branches,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> CaptureSpec:
        """Read what :meth:`to_json` wrote; unknown keys are ignored."""
        return cls(
            attention=tuple(str(item) for item in data.get("attention", ())),
            statistics=tuple(str(item) for item in data.get("statistics", ())),
            activations=tuple(str(item) for item in data.get("activations", ())),
            both_branches=bool(data.get("both_branches", False)),
        )


def matches(path: str, patterns: tuple[str, ...]) -> bool:
    """Return whether a module path matches any of the shell-style patterns (case matters)."""
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)


@dataclass(frozen=True)
class RunSpec:
    """Everything that decides what a run makes.

    Attributes
    ----------
    prompt, negative_prompt
        Texts of the conditional and the unconditional branch.
    seed
        Of the one CPU generator that draws the first noise and the steps' noise.
    steps
        Number of inference steps; a scheduler may call the denoiser more often.
    guidance_scale, guidance_rescale
        s and φ of classifier-free guidance.
    branches
        ``"auto"``: both where s > 1, the conditional one alone where s ≤ 1, as diffusers does;
        ``"both"``: always both, so that s = 0 is the unconditional prediction; ``"cond"``: never
        the unconditional one.
    scheduler
        Short name or diffusers class name; empty for the model's own.
    scheduler_settings
        Configuration entries that replace the scheduler's own.
    width, height
        Of the picture in pixels; 0 for the model's own size.
    init
        File of a picture or latent to start from; empty to start from noise.
    strength
        How far to go back into noise from ``init``, 0 to 1.
    start
        Digest of the first latent where neither ``seed`` nor ``init`` makes it, as after an
        inversion; the recording holds the latent itself. Empty for any other run.
    edits
        Changes that act on some calls.
    capture
        What to store.
    extra
        Keys of a recording's ``spec`` that this version does not know, kept as they are.
    """

    prompt: str = ""
    negative_prompt: str = ""
    seed: int = 0
    steps: int = 30
    guidance_scale: float = 7.5
    guidance_rescale: float = 0.0
    branches: Branches = "auto"
    scheduler: str = ""
    scheduler_settings: dict[str, Any] = field(default_factory=dict)
    width: int = 0
    height: int = 0
    init: str = ""
    strength: float = 1.0
    start: str = ""
    edits: tuple[Edit, ...] = ()
    capture: CaptureSpec = field(default_factory=CaptureSpec)
    extra: dict[str, Any] = field(default_factory=dict)

    def guidance_at(self, call: int) -> float:
        """Return the guidance scale of scheduler call ``call``: the last edit that acts wins."""
        scale = self.guidance_scale
        for edit in self.edits:
            if edit.kind == "guidance" and edit.acts_on(call):
                scale = float(edit.value)
        return scale

    def prompt_at(self, call: int) -> str:
        """Return the prompt of scheduler call ``call``: the last edit that acts wins."""
        prompt = self.prompt
        for edit in self.edits:
            if edit.kind == "prompt" and edit.acts_on(call):
                prompt = str(edit.value)
        return prompt

    def evaluates_both_at(self, call: int) -> bool:
        """Return whether both branches are evaluated at scheduler call ``call``.

        With branches ``"auto"``: where ``guidance_scale`` is above 1, and from the first call on
        that a guidance edit concerns. So a curve from call 0 evaluates both throughout, and a
        change in the middle of a run at s ≤ 1 leaves the calls before it as they were recorded.
        """
        if self.branches != "auto":
            return self.branches == "both"
        return self.guidance_scale > 1.0 or any(
            edit.kind == "guidance" and edit.from_call <= call for edit in self.edits
        )

    def evaluates_both(self) -> bool:
        """Return whether both branches are evaluated at any call of this run."""
        if self.branches != "auto":
            return self.branches == "both"
        return self.guidance_scale > 1.0 or any(edit.kind == "guidance" for edit in self.edits)

    def with_guidance(self, call: int, scale: float) -> RunSpec:
        """Return the same run with guidance ``scale`` from scheduler call ``call`` on.

        The calls before stay as they are, also in which branches they evaluate. Guidance edits
        that reach ``call`` or later end before it, so that the list stays short however often the
        scale changes.
        """
        edits: list[Edit] = []
        for edit in self.edits:
            if edit.kind != "guidance":
                edits.append(edit)
            elif edit.from_call < call:
                edits.append(edit.ended_before(call))
        edits.append(Edit("guidance", from_call=call, value=scale))
        return dataclasses.replace(self, edits=tuple(edits))

    def unknown_edits(self) -> tuple[Edit, ...]:
        """Return the edits of a kind that this version cannot act on."""
        return tuple(edit for edit in self.edits if edit.kind not in ("guidance", "prompt"))

    def validate(self, size_multiple: int = 8) -> None:
        """Check every value that can be checked without a model.

        Parameters
        ----------
        size_multiple
            What width and height must be multiples of.

        Raises
        ------
        InspectorError
            ``spec.…``, naming the first value that is out of range and the nearest good one.
        """
        _whole("seed", self.seed, 0, MAX_SEED)
        _whole("steps", self.steps, 1, MAX_STEPS)
        for name in ("guidance_scale", "guidance_rescale"):
            value = getattr(self, name)
            if not math.isfinite(value):
                raise InspectorError(
                    "spec.not-finite",
                    f"The {name.replace('_', ' ')} must be a finite number, not {value}.",
                    name=name,
                    value=value,
                )
        if not 0.0 <= self.guidance_rescale <= 1.0:
            raise InspectorError(
                "spec.rescale",
                f"Guidance rescale must lie between 0 and 1, not {self.guidance_rescale}.",
                value=self.guidance_rescale,
            )
        if not 0.0 < self.strength <= 1.0:
            raise InspectorError(
                "spec.strength",
                f"Strength must be above 0 and at most 1, not {self.strength}.",
                value=self.strength,
            )
        if self.start and self.init:
            raise InspectorError(
                "spec.start-and-init",
                "A run begins with the latent of an inversion or with a picture, not with both.",
            )
        if self.branches not in BRANCHES:
            raise InspectorError(
                "spec.branches",
                f"Branches must be one of {', '.join(BRANCHES)}, not {self.branches!r}.",
                value=self.branches,
            )
        for name in ("width", "height"):
            self._check_side(name, getattr(self, name), size_multiple)
        for edit in self.edits:
            self._check_edit(edit)

    @staticmethod
    def _check_side(name: str, value: int, multiple: int) -> None:
        if value == 0:
            return
        if not 0 < value <= MAX_SIDE:
            raise InspectorError(
                "spec.size-range",
                f"The {name} must lie between {multiple} and {MAX_SIDE} pixels, not {value}.",
                name=name,
                value=value,
                multiple=multiple,
                highest=MAX_SIDE,
            )
        if value % multiple:
            low = max(multiple, value // multiple * multiple)
            raise InspectorError(
                "spec.size-multiple",
                f"The {name} must be a multiple of {multiple} pixels, and {value} is not. "
                f"Use {low} or {low + multiple}.",
                name=name,
                value=value,
                multiple=multiple,
                low=low,
                high=low + multiple,
            )

    @staticmethod
    def _check_edit(edit: Edit) -> None:
        if edit.kind not in EDIT_KINDS:
            raise InspectorError(
                "spec.edit-unknown",
                f"There is no edit called {edit.kind!r}; this program knows "
                f"{', '.join(EDIT_KINDS)}.",
                kind=edit.kind,
            )
        if edit.kind not in ("guidance", "prompt"):
            raise InspectorError(
                "spec.edit-inactive",
                f"The edit {edit.kind!r} can be described but does not act yet; remove it.",
                kind=edit.kind,
            )
        if edit.kind == "guidance":
            value = edit.value
            if not isinstance(value, int | float) or not math.isfinite(value):
                raise InspectorError(
                    "spec.not-finite",
                    f"A guidance edit needs a finite number, not {value!r}.",
                    name="guidance",
                    value=value,
                )

    def to_json(self) -> dict[str, Any]:
        """Return a dictionary that JSON can hold, unknown keys included."""
        known: dict[str, Any] = {}
        for item in dataclasses.fields(self):
            if item.name not in ("extra", "edits", "capture"):
                known[item.name] = getattr(self, item.name)
        known["scheduler_settings"] = dict(self.scheduler_settings)
        known["edits"] = [edit.to_json() for edit in self.edits]
        known["capture"] = self.capture.to_json()
        return {**self.extra, **known}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> RunSpec:
        """Read what :meth:`to_json` wrote; keys that are missing take their defaults.

        Raises
        ------
        KeyError, TypeError, ValueError
            Where a value is not of its type.
        """
        known = {item.name for item in dataclasses.fields(cls)} - {"extra"}
        default = cls()
        return cls(
            prompt=str(data.get("prompt", "")),
            negative_prompt=str(data.get("negative_prompt") or ""),
            seed=int(data.get("seed", default.seed)),
            steps=int(data.get("steps", default.steps)),
            guidance_scale=float(data.get("guidance_scale", default.guidance_scale)),
            guidance_rescale=float(data.get("guidance_rescale", 0.0)),
            branches=cast("Branches", str(data.get("branches", "auto"))),
            scheduler=str(data.get("scheduler") or ""),
            scheduler_settings=dict(data.get("scheduler_settings") or {}),
            width=int(data.get("width") or 0),
            height=int(data.get("height") or 0),
            init=str(data.get("init") or ""),
            strength=float(data.get("strength", 1.0)),
            start=str(data.get("start") or ""),
            edits=tuple(Edit.from_json(item) for item in data.get("edits") or ()),
            capture=CaptureSpec.from_json(data.get("capture") or {}),
            extra={key: value for key, value in data.items() if key not in known},
        )


def _whole(name: str, value: int, lowest: int, highest: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise InspectorError(
            "spec.range",
            f"{name.capitalize()} must be a whole number from {lowest} to {highest}, not {value}.",
            name=name,
            value=value,
            lowest=lowest,
            highest=highest,
        )
