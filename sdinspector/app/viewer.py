"""The contract between the window and its viewers: what they are shown and how they act."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import logging
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, TypeAlias

from sdinspector.core import Branch, FigureSpec, ModelCard

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from sdinspector.app.futures import Futures
    from sdinspector.app.guidance import GuidanceControl
    from sdinspector.app.jobs import Job
    from sdinspector.app.settings import Settings
    from sdinspector.app.training import TrainingControl
    from sdinspector.recording import Recording

Place: TypeAlias = Literal["centre", "left", "right", "bottom"]
LatentQuantity: TypeAlias = Literal["denoised", "latent", "noise_uncond", "noise_cond", "guided"]
Pixel: TypeAlias = tuple[float, float]
OnResult: TypeAlias = Callable[[Any], None]
OnError: TypeAlias = Callable[[Exception], None]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pane:
    """One recording that is shown, and how far it had grown when this was taken.

    Attributes
    ----------
    recording
        The lazy reader. Read arrays through ``services.read``, never on the GUI thread.
    calls
        Finished scheduler calls; calls 0 … ``calls - 1`` can be read.
    label
        A short name for people.
    finished
        Nothing more will be written.
    """

    recording: Recording
    calls: int
    label: str = ""
    finished: bool = True


@dataclass(frozen=True)
class SelectionState:
    """The one cursor that all viewers share.

    Attributes
    ----------
    call
        Scheduler call, counted from 0.
    word
        Index of the word in the prompt, counted from 0, or ``None``.
    layer
        Path in the module tree (``unet.down_blocks.0.attentions.0``), or ``None``.
    head, channel
        Within the layer, or ``None``.
    branch
        ``"cond"`` or ``"uncond"``.
    pixel
        (x, y) as fractions of the picture's width and height, 0 … 1, or ``None``.
    """

    call: int = 0
    word: int | None = None
    layer: str | None = None
    head: int | None = None
    channel: int | None = None
    branch: Branch = "cond"
    pixel: Pixel | None = None


@dataclass(frozen=True)
class DisplayState:
    """How things are drawn, in every viewer alike.

    Attributes
    ----------
    colour_map, diverging_map
        Names in the colour tables, for plain and for signed quantities.
    opacity
        Of a map laid over the picture, 0 … 1.
    shared_levels
        One range of values for all maps of a view, or one for each.
    latent_quantity
        Which tensor of the step the latent views show.
    follow
        Stay at the newest call while a run goes.
    smooth
        Interpolate between the pixels of pictures when enlarging them; maps of numbers always
        show their cells.
    dark
        The window has a dark background.
    """

    colour_map: str = "viridis"
    diverging_map: str = "balance"
    opacity: float = 0.6
    shared_levels: bool = True
    latent_quantity: LatentQuantity = "denoised"
    follow: bool = True
    smooth: bool = True
    dark: bool = False


@dataclass(frozen=True)
class Scene:
    """All that a viewer draws from; frozen, so that comparing two says whether to redraw.

    Attributes
    ----------
    model
        The card of the open model, ``None`` until one is ready.
    panes
        The recordings that are shown, at most two; the first is the one the selection refers to.
    selection, display
        Where the cursor is and how things are drawn.
    generation
        Grows each time another model or other recordings are shown.
    busy
        A run is going.
    """

    model: ModelCard | None = None
    panes: tuple[Pane, ...] = ()
    selection: SelectionState = field(default_factory=SelectionState)
    display: DisplayState = field(default_factory=DisplayState)
    generation: int = 0
    busy: bool = False

    @property
    def pane(self) -> Pane | None:
        """The first pane, or ``None``."""
        return self.panes[0] if self.panes else None

    @property
    def recording(self) -> Recording | None:
        """The first pane's recording, or ``None``."""
        return self.panes[0].recording if self.panes else None

    @property
    def calls(self) -> int:
        """Finished scheduler calls of the first pane."""
        return self.panes[0].calls if self.panes else 0

    @property
    def call(self) -> int | None:
        """The selected call where it exists already, else the last one, else ``None``."""
        return min(self.selection.call, self.calls - 1) if self.calls else None


class JobHandle(Protocol):
    """A job that was handed in."""

    @property
    def job(self) -> Job:
        """What was asked for."""

    @property
    def active(self) -> bool:
        """Whether it still waits or runs."""

    def cancel(self) -> None:
        """Stop it within one denoiser call; no callback of it is called any more."""


class Services(Protocol):
    """How a viewer acts. All of it is called, and calls back, on the GUI thread.

    After the window has begun to close, no callback is called any more.
    """

    settings: Settings
    guidance: GuidanceControl
    futures: Futures
    training: TrainingControl

    @property
    def scene(self) -> Scene:
        """The scene as it is now."""

    def submit(
        self, job: Job, on_result: OnResult | None = None, on_error: OnError | None = None
    ) -> JobHandle:
        """Give the model's thread a job; without ``on_error`` the window tells of errors."""

    def read(
        self,
        slot: str,
        function: Callable[..., Any],
        *args: Any,
        on_result: OnResult,
        on_error: OnError | None = None,
    ) -> None:
        """Call ``function(*args)`` in the reader pool and hand over what it returns.

        Within a slot the newest request counts: the results of older ones are dropped. Name slots
        ``"<viewer id>/<purpose>"``.
        """

    def select(self, *, remember: bool = True, **changes: Any) -> None:
        """Change fields of the selection; ``remember=False`` leaves the history alone (play)."""

    def set_display(self, **changes: Any) -> None:
        """Change fields of the display state."""

    def hover(self, pixel: Pixel | None) -> None:
        """Tell every viewer which pixel the pointer is over; light, not a selection."""

    def change_spec(self, **changes: Any) -> None:
        """Change parameters of the next run."""

    def tell(self, text: str, severity: str = "info") -> None:
        """Show a sentence in the message bar."""

    def undo(self) -> None:
        """Go back to the selection before."""

    def redo(self) -> None:
        """Go forward again."""

    def report(self, error: Exception) -> None:
        """Show an error in the message bar."""

    def open_recording(self, path: Path) -> None:
        """Show another recording."""


class Viewer(ABC):
    """One way of looking at a scene: a tab or a dock of the window.

    A subclass in a module of ``sdinspector.viewers`` is all it takes: menu, dock, shortcut,
    command palette and help page follow from what it says here.

    Attributes
    ----------
    id
        Stable name, for settings and slots.
    title, description
        English source texts (``mark("Latents")``); the description is the tooltip.
    icon
        Name of an SVG file in ``resources/icons`` without its ending.
    shortcut
        Key sequence that shows this viewer, ``"Ctrl+2"``; may be empty.
    place
        A tab in the centre, or a dock at an edge.
    order
        Position among those of its place, lowest first.
    captures
        Names of what it needs of a recording beyond the trajectory: ``"attention"``,
        ``"statistics"``, ``"activations"``.
    kinds
        Kinds of recordings that it shows best: opening one brings this viewer to the front.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    description: ClassVar[str] = ""
    icon: ClassVar[str] = ""
    shortcut: ClassVar[str] = ""
    place: ClassVar[Place] = "centre"
    order: ClassVar[int] = 100
    captures: ClassVar[tuple[str, ...]] = ()
    kinds: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def build(self, services: Services, parent: QWidget | None) -> QWidget:
        """Make the widget; called once."""

    @abstractmethod
    def show(self, scene: Scene) -> None:
        """Draw a scene. Called while visible only, once for all changes between two frames."""

    def hover(self, pixel: Pixel | None) -> None:  # noqa: B027  (most viewers need none)
        """Show which pixel the pointer is over, here or in another viewer."""

    def figures(self, scene: Scene) -> list[FigureSpec]:  # noqa: ARG002
        """Return what can be exported of what is shown."""
        return []

    def empty(self, scene: Scene) -> str | None:
        """Return why nothing is shown and what to press, translated, or ``None``."""
        from sdinspector.app.texts import tr

        if scene.calls:
            return None
        if scene.busy:
            return tr("The first step is on its way …")
        if scene.panes and scene.panes[0].finished:
            return tr("This recording holds no steps of a run.")
        if scene.panes:
            return tr("This recording holds no step yet.")
        return tr("Nothing to show yet: press Run (Ctrl+Return), or open a recording.")

    def eager(self, scene: Scene) -> bool:  # noqa: ARG002
        """Return whether to draw this while hidden, when the window rests: it is there at once.

        Asked after another recording was opened, of views that have been built. It must lead to
        nothing but reading.
        """
        return False

    def close(self) -> None:  # noqa: B027
        """Stop timers and drop handles; the window is going."""


def changed(state: Any, changes: dict[str, Any]) -> Any:
    """Return a frozen state with some fields replaced; the same object where nothing differs."""
    new = dataclasses.replace(state, **changes)
    return state if new == state else new


def discover(
    package: str = "sdinspector.viewers",
    on_failure: Callable[[str, Exception], None] | None = None,
) -> list[type[Viewer]]:
    """Return the viewer classes in a package's modules, ordered by place and order.

    A module that cannot be imported is logged, reported through ``on_failure`` (its name, the
    exception) and left out.
    """
    places = ("centre", "left", "right", "bottom")
    found: dict[str, type[Viewer]] = {}
    for item in pkgutil.iter_modules(importlib.import_module(package).__path__, package + "."):
        try:
            module = importlib.import_module(item.name)
        except Exception as error:  # a broken viewer must not keep the window from opening
            log.exception("The viewer %s was left out", item.name)
            if on_failure is not None:
                on_failure(item.name, error)
            continue
        for _, value in inspect.getmembers(module, inspect.isclass):
            own = value.__module__ == item.name or value.__module__.startswith(item.name + ".")
            if own and issubclass(value, Viewer) and not inspect.isabstract(value):
                found.setdefault(value.id, value)
    return sorted(found.values(), key=lambda kind: (places.index(kind.place), kind.order, kind.id))
