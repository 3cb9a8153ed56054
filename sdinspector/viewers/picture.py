"""The picture: decoded by the VAE, or the linear preview of x̂₀ at the chosen step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sdinspector.analysis import preview, resize
from sdinspector.app.jobs import DecodeJob
from sdinspector.app.texts import mark, tr
from sdinspector.app.viewer import JobHandle, Pixel, Scene, Services, Viewer
from sdinspector.core import FigureSpec, Preview
from sdinspector.recording import Recording
from sdinspector.widgets import look
from sdinspector.widgets.canvas import Canvas
from sdinspector.widgets.export_button import save_figures
from sdinspector.widgets.latest import Latest
from sdinspector.widgets.toolbar import Toolbar

#: Pictures that can be enlarged to this side are drawn so.
_LARGE = 512

Mode: TypeAlias = Literal["picture", "denoised", "decoded"]


@dataclass(frozen=True)
class _View:
    """What was read for one step."""

    mode: Mode
    rgb: NDArray[np.uint8] | None
    latent: NDArray[Any] | None
    call: int
    step: int
    timestep: float
    cut: float = 0.0
    source: str = ""
    drawn: NDArray[np.uint8] | None = None


class PictureViewer(Viewer):
    """The decoded picture at the end; before it, and at any step, the denoised prediction."""

    id = "picture"
    title = mark("Picture")
    description = mark("The decoded picture, or x̂₀ at the chosen step")
    icon = "picture"
    shortcut = "Ctrl+1"
    place = "centre"
    order = 10

    def build(self, services: Services, parent: QWidget | None) -> QWidget:
        """Make the canvas with its choice above and its caption below."""
        self._services = services
        self._reader = Latest(services, "picture/view")
        self._scene = Scene()
        self._mode: Mode = "picture"
        self._before: tuple[object, ...] = ()
        self._view: _View | None = None
        self._smooth = True
        self._decoded: dict[tuple[object, ...], NDArray[np.uint8]] = {}
        self._handle: JobHandle | None = None
        self._without_picture: object = None
        page = QWidget(parent)
        bar = Toolbar(page)
        self._choice = bar.add_choice(
            tr("What to show"),
            (
                ("picture", tr("Picture"), tr("The final latent, decoded by the VAE")),
                (
                    "denoised",
                    tr("x̂₀ preview"),
                    tr("The denoised prediction of the chosen step through a linear map to RGB"),
                ),
                (
                    "decoded",
                    tr("x̂₀ decoded"),
                    tr("The denoised prediction of the chosen step, decoded by the VAE"),
                ),
            ),
        )
        self._caption = bar.add_text(tr("What is shown"))
        bar.add_stretch()
        self._fit = bar.add_button("fit", tr("Fit"), tr("Show the whole picture (F)"))
        self._actual = bar.add_button(
            "actual-size", tr("Pixel for pixel"), tr("One picture pixel on one of the screen (1)")
        )
        self._save = bar.add_button("save", tr("Save"), tr("Save what is shown as PNG or NPZ"))
        self._canvas = Canvas(tr("Picture"), page)
        box = QVBoxLayout(page)
        box.setContentsMargins(3 * look.GAP, 2 * look.GAP, 3 * look.GAP, 3 * look.GAP)
        box.setSpacing(2 * look.GAP)
        box.addWidget(bar)
        box.addWidget(self._canvas, 1)
        self._choice.chosen.connect(self._choose)
        self._fit.clicked.connect(self._canvas.fit)
        self._actual.clicked.connect(self._canvas.actual_size)
        self._save.clicked.connect(lambda: save_figures(self.figures(self._scene), services, page))
        self._canvas.hovered.connect(services.hover)
        self._canvas.clicked.connect(lambda pixel: services.select(pixel=pixel))
        return page

    def show(self, scene: Scene) -> None:
        """Show the chosen step of a recording, or its picture."""
        self._scene = scene
        recording, call, pane = scene.recording, scene.call, scene.pane
        if recording is None or call is None or pane is None:
            return
        now = (scene.generation, recording.id, call, pane.finished, scene.calls)
        self._follow(now, at_end=pane.finished and call == scene.calls - 1)
        self._before = now
        self._canvas.set_marker(scene.selection.pixel)
        if self._view is not None and scene.display.smooth != self._smooth:
            self._show_view(self._view)
        self._ask()

    def hover(self, pixel: Pixel | None) -> None:
        """Show the shared crosshair."""
        self._canvas.set_crosshair(pixel)

    def figures(self, scene: Scene) -> list[FigureSpec]:
        """Return the picture that is on the screen."""
        view, recording = self._view, scene.recording
        if view is None or view.rgb is None or recording is None:
            return []
        where = "final" if view.mode == "picture" else f"call-{view.call:04d}"
        about = {
            "recording": recording.id,
            "spec": recording.spec.to_json(),
            "call": view.call,
            "step": view.step,
            "timestep": view.timestep,
            "shown": view.mode,
        }
        return [
            FigureSpec(
                name=f"picture-{view.mode}-{where}",
                title=self._caption.text() or tr("Picture"),
                kind="rgb",
                arrays={"image": view.rgb},
                about=about,
            )
        ]

    def close(self) -> None:
        """Drop what is being read and decoded."""
        self._reader.forget()
        if self._handle is not None:
            self._handle.cancel()

    # -- which of them ---------------------------------------------------------------------

    def _follow(self, now: tuple[object, ...], *, at_end: bool) -> None:
        """Switch when a person travels: to the picture at the end, else to the step."""
        if now == self._before:
            return
        if at_end and now[:2] != self._without_picture:
            self._mode = "picture"
        elif self._mode == "picture":
            self._mode = "denoised"

    def _choose(self, mode: Mode) -> None:
        self._mode = mode
        self._ask()

    def _ask(self) -> None:
        recording, call, pane = self._scene.recording, self._scene.call, self._scene.pane
        if recording is None or call is None or pane is None:
            return
        none = (self._scene.generation, recording.id) == self._without_picture
        why = tr("This run has no decoded picture: it did not come to its end")
        self._choice.set_enabled("picture", pane.finished and not none, why)
        open_model = self._scene.model
        self._choice.set_enabled(
            "decoded", open_model is not None, tr("Open the model first: decoding needs its VAE")
        )
        if self._mode == "decoded" and open_model is None:
            self._mode = "denoised"
        self._choice.set_current(self._mode)
        self._reader.ask(
            (self._scene.generation, recording.id),
            (self._mode, call, pane.finished),
            _read,
            recording,
            call,
            self._mode,
            on_result=self._take,
        )

    def _take(self, view: _View) -> None:
        if view.mode == "picture" and view.rgb is None:  # a run that was cut off has none
            self._without_picture = self._before[:2]
            self._mode = "denoised"
            self._ask()
            return
        if view.mode == "decoded" and view.latent is not None:
            self._decode(view)
            return
        self._show_view(view)

    def _decode(self, view: _View) -> None:
        key = (*self._before[:2], view.call)
        known = self._decoded.get(key)
        if known is not None:
            self._show_view(_with(view, known))
            return
        self._caption.setText(tr("Decoding step {step} …", step=view.step + 1))
        if view.latent is not None:
            self._handle = self._services.submit(
                DecodeJob(latent=view.latent, slot="picture/decode"),
                on_result=lambda rgb: self._take_decoded(key, view, rgb),
            )

    def _take_decoded(self, key: tuple[object, ...], view: _View, rgb: NDArray[np.uint8]) -> None:
        while len(self._decoded) >= 32:
            self._decoded.pop(next(iter(self._decoded)))
        self._decoded[key] = rgb
        if self._mode == "decoded" and key == (*self._before[:2], self._scene.call):
            self._show_view(_with(view, rgb))

    def _show_view(self, view: _View) -> None:
        self._view = view
        smooth = self._smooth = self._scene.display.smooth
        self._canvas.set_image(view.rgb, smooth=smooth, drawn=view.drawn if smooth else None)
        self._canvas.set_marker(self._scene.selection.pixel)
        self._caption.setText(_caption(view, self._scene.recording))


def _with(view: _View, rgb: NDArray[np.uint8]) -> _View:
    facts = (view.call, view.step, view.timestep)
    return _View("decoded", rgb, None, *facts, drawn=enlarged(rgb))


def _read(recording: Recording, call: int, mode: Mode) -> _View:
    facts = (call, recording.step_of_call(call), recording.timestep(call))
    if mode == "picture":
        picture = recording.image()
        return _View(mode, picture, None, *facts, drawn=enlarged(picture))
    latent = recording.array(call, "denoised")
    if mode == "decoded":
        return _View(mode, None, latent, *facts)
    linear = recording.preview
    if linear is None or len(linear.matrix) != len(latent):
        share = 1.0 / (3.0 * len(latent))
        linear = Preview(matrix=((share,) * 3,) * len(latent), source="grey")
    rgb = preview.to_rgb_float(latent, linear)
    cut = float(preview.saturated(rgb).mean())
    small = preview.quantised(rgb)
    return _View(mode, small, None, *facts, cut, linear.source, enlarged(small))


def enlarged(picture: NDArray[np.uint8] | None) -> NDArray[np.uint8] | None:
    """Return a small picture ``[h, w, 3]`` enlarged by cubic convolution; ``None`` for a large one.

    The screen's own enlargement is linear, which shows a grid of diamonds in few pixels.
    """
    if picture is None or picture.size == 0:
        return None
    height, width = picture.shape[:2]
    factor = min(8, _LARGE // max(height, width))
    if factor < 2:
        return None
    channels = np.moveaxis(picture.astype(np.float32), 2, 0)
    large = resize.bicubic(channels, (factor * height, factor * width))
    rounded = np.clip(np.rint(np.moveaxis(large, 0, 2)), 0.0, 255.0)
    return np.ascontiguousarray(rounded, dtype=np.uint8)


def _caption(view: _View, recording: Recording | None) -> str:
    if view.rgb is None or recording is None:
        return ""
    height, width = view.rgb.shape[:2]
    size = f"{width} × {height}"
    if view.mode == "picture":
        return tr("final latent, decoded by the VAE, {size}", size=size)
    step = tr(
        "step {step} of {steps}, t = {timestep}",
        step=view.step + 1,
        steps=max(recording.spec.steps, view.step + 1),
        timestep=f"{view.timestep:g}",
    )
    if view.mode == "decoded":
        return f"{step}, {size}"
    how = {
        "known": tr("published linear map"),
        "fitted": tr("fitted linear map"),
        "grey": tr("no linear map known: mean of the channels"),
    }.get(view.source, view.source)
    text = f"{step}, {how}, {size}"
    if view.cut >= 0.005:
        text += ", " + tr("{share} of the colours cut off", share=f"{view.cut:.0%}")
    return text
