"""The guidance viewer: another scale at once, from here on, or during the run."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QLabel, QStackedLayout, QVBoxLayout, QWidget

from sdinspector.app.jobs import AddUncondJob, DecodeJob
from sdinspector.app.texts import mark, tr
from sdinspector.app.viewer import JobHandle, Pixel, Scene, Services, Viewer
from sdinspector.core import FigureSpec, RunSpec
from sdinspector.core.curves import with_curve
from sdinspector.recording import Recording
from sdinspector.viewers.guidance import figures, wording
from sdinspector.viewers.guidance.data import (
    Norms,
    StepView,
    no_norms,
    read_norms,
    read_step,
)
from sdinspector.viewers.guidance.head import Head
from sdinspector.viewers.guidance.step_page import StepPage
from sdinspector.viewers.guidance.steps_page import StepsPage
from sdinspector.viewers.guidance.sweep_page import SweepPage
from sdinspector.viewers.guidance.sweeping import Sweeping
from sdinspector.widgets import look
from sdinspector.widgets.export_button import save_figures
from sdinspector.widgets.latest import Latest

#: A fork that takes no longer than this many seconds follows the slider without letting go.
QUICK = 0.5


class GuidanceViewer(Viewer):
    """s and φ under the hand: what they make of a step, of the rest of a run, of a whole run."""

    id = "guidance"
    title = mark("Guidance")
    description = mark("Classifier-free guidance: another scale at once, and what it changes")
    icon = "guidance"
    shortcut = "Ctrl+6"
    place = "centre"
    order = 60

    # -- making it -------------------------------------------------------------------------

    def build(self, services: Services, parent: QWidget | None) -> QWidget:
        """Make the head and the three pages."""
        self._services = services
        self._reader = Latest(services, "guidance/step")
        self._origin_reader = Latest(services, "guidance/origin")
        self._looker = Latest(services, "guidance/norms")
        self._scene = Scene()
        self._view: StepView | None = None
        self._origin: StepView | None = None
        self._norms = no_norms()
        self._norms_of: object = None
        self._added = 0
        self._asked: object = None
        self._decoded: dict[object, NDArray[np.uint8]] = {}
        self._handles: dict[str, JobHandle] = {}
        self._help: QLabel | None = None
        page = QWidget(parent)
        self._page = page
        self._head = Head(page)
        self._step = StepPage(page)
        self._steps = StepsPage(page)
        self._sweep = SweepPage(page)
        self._sweeping = Sweeping(services, self._sweep)
        self._pages: dict[str, QWidget] = {
            "step": self._step,
            "steps": self._steps,
            "sweep": self._sweep,
        }
        self._stack = QStackedLayout()
        for part in self._pages.values():
            self._stack.addWidget(part)
        box = QVBoxLayout(page)
        box.setContentsMargins(3 * look.GAP, 2 * look.GAP, 3 * look.GAP, 2 * look.GAP)
        box.setSpacing(2 * look.GAP)
        box.addWidget(self._head)
        box.addLayout(self._stack, 1)
        low, high = services.settings.of_viewer(self.id, "ends", [0.0, 20.0])[:2]
        self._head.slider.set_ends(low, high)
        self._connect()
        return page

    def _connect(self) -> None:
        services, head = self._services, self._head
        control, futures = services.guidance, services.futures
        head.scale_moved.connect(control.set_scale)
        head.rescale_moved.connect(control.set_rescale)
        head.scale_released.connect(lambda _: self._let_go())
        head.onward_set.connect(control.set_onward)
        head.live_set.connect(control.set_live)
        head.page_chosen.connect(lambda key: self._stack.setCurrentWidget(self._pages[key]))
        head.back_wanted.connect(futures.back)
        head.keep_wanted.connect(futures.keep)
        head.branch_wanted.connect(self._add_branch)
        head.help_wanted.connect(self._show_help)
        head.fit_wanted.connect(self._step.fit)
        head.decode_set.connect(lambda _: self._rested())
        head.ends_set.connect(self._keep_ends)
        head.save_wanted.connect(
            lambda: save_figures(self.figures(self._scene), services, self._page)
        )
        self._step.hovered.connect(services.hover)
        self._step.clicked.connect(lambda pixel: services.select(pixel=pixel))
        self._step.rested.connect(self._rested)
        self._steps.chosen.connect(lambda call: services.select(call=call))
        self._steps.run_wanted.connect(self._run_curve)
        control.moved.connect(self._moved)
        control.reach_changed.connect(self._tell_reach)
        futures.changed.connect(self._tell_branching)
        head.set_value(control.scale, control.rescale)
        head.set_allowed(onward=control.onward, live=control.live)

    # -- the viewer's contract -------------------------------------------------------------

    def show(self, scene: Scene) -> None:
        """Show the chosen step under the slider."""
        before, self._scene = self._scene, scene
        recording, call = scene.recording, scene.call
        self._sweep.set_colour_map(scene.display.colour_map)
        if recording is None or call is None:
            return
        if before.display != scene.display and self._view is not None:
            self._draw()
        self._step.set_marker(scene.selection.pixel)
        self._ask()
        self._steps.set_norms(self._norms, call)
        self._tell_reach()
        self._tell_branching()
        self._allow()

    def hover(self, pixel: Pixel | None) -> None:
        """Show the shared crosshair."""
        self._step.set_crosshair(pixel)

    def figures(self, scene: Scene) -> list[FigureSpec]:
        """Return what the page in front shows."""
        control = self._services.guidance
        page = self._head.pages.current
        if page == "sweep":
            pair = self._sweep.compared
            return [
                *figures.of_sweep(self._sweep.swept, scene.recording),
                *(figures.of_pair(pair.chosen, pair.apart, scene.display) if pair else ()),
            ]
        if page == "steps":
            return figures.of_steps(self._norms, self._steps.curve, scene.recording)
        if self._view is None:
            return []
        return figures.of_step(self._view, control.scale, control.rescale, scene.display)

    def close(self) -> None:
        """Drop what is being read, decoded and run."""
        for reader in (self._reader, self._origin_reader, self._looker):
            reader.forget()
        for handle in self._handles.values():
            handle.cancel()
        self._sweeping.close()
        self._step.stop()
        control, futures = self._services.guidance, self._services.futures
        control.moved.disconnect(self._moved)
        control.reach_changed.disconnect(self._tell_reach)
        futures.changed.disconnect(self._tell_branching)

    # -- the slider ------------------------------------------------------------------------

    def _moved(self, scale: float, rescale: float) -> None:
        """Another scale: on the screen with this very tick."""
        self._head.set_value(scale, rescale)
        if self._page.isVisible():
            self._step.set_scale(scale, rescale)

    def _let_go(self) -> None:
        if self._services.guidance.reach == "onward":
            self._run_on()

    def _rested(self) -> None:
        if self._head.slider.held and self._services.guidance.reach == "onward":
            left = self._scene.calls - (self._scene.call or 0)
            seconds = self._services.futures.seconds
            if seconds is not None and left * seconds <= QUICK:
                self._run_on()
        self._decode()

    def _run_on(self) -> None:
        """Fork at the chosen step with the scale under the hand."""
        recording, call, view = self._scene.recording, self._scene.call, self._view
        control = self._services.guidance
        if recording is None or call is None or view is None or self._why_not(onward=True):
            return
        same = control.rescale == view.rescale or call > 0
        if view.call != call or (control.scale == view.scale and same and self._is_constant(call)):
            return
        asked = (recording.id, call, control.scale, control.rescale)
        if self._services.futures.active and asked == self._asked:
            return
        self._asked = asked
        changes: dict[str, Any] = {"guidance_scale": control.scale}
        if call == 0:
            changes["guidance_rescale"] = control.rescale
            changes["edits"] = without_guidance(recording.spec)
        self._services.futures.run_on(recording, call, **changes)

    def _is_constant(self, call: int) -> bool:
        """Return whether the recorded scale stays the same from a call on."""
        scales = self._norms.scale[call:]
        return bool(len(scales)) and bool((scales == scales[0]).all())

    def _run_curve(self, curve: tuple[float, ...], call: int) -> None:
        recording = self._scene.recording
        if recording is not None:
            edits = with_curve(recording.spec, curve, call).edits
            self._services.futures.run_on(recording, call, edits=edits)

    def _keep_ends(self, low: float, high: float) -> None:
        self._services.settings.keep_for_viewer(self.id, "ends", [low, high])

    # -- what is missing -------------------------------------------------------------------

    def _why_not(self, *, onward: bool = False) -> str:
        """Return why nothing can be run from the shown recording, or the empty string."""
        scene = self._scene
        recording = scene.recording
        last = scene.call == scene.calls - 1 and scene.calls > 1
        reasons = (
            (
                recording is None or not recording.is_run,
                tr("Only a run can be run on: this recording looks at a given picture."),
            ),
            (
                recording is not None and recording.read_only,
                tr("This recording has edits that this version does not know."),
            ),
            (scene.model is None, tr("Open the model first.")),
            (scene.model is not None and not scene.model.takes_guidance, _distilled()),
            (
                scene.busy and not self._services.futures.active,
                tr("A run goes; wait for it, or stop it."),
            ),
            (
                onward and last,
                tr("The last step is chosen: choose an earlier one to run on from there."),
            ),
        )
        return next((why for holds, why in reasons if holds), "")

    def _allow(self) -> None:
        scene, view = self._scene, self._view
        why = self._why_not()
        self._steps.set_runnable(not why, why)
        if not why and scene.recording is not None and scene.recording.spec.start:
            why = tr(
                "A sweep draws its noise of a seed, and this recording begins with the latent of "
                "an inverted picture. Change the scale of its steps instead."
            )
        self._sweep.set_runnable(not why, why)
        distilled = scene.model is not None and not scene.model.takes_guidance
        self._head.set_usable(not distilled, _distilled() if distilled else "")
        if distilled:
            self._head.set_notice(_distilled())
        elif view is not None and view.uncond is None:
            adding = self._busy("branch")
            self._head.set_notice(
                tr(
                    "This step evaluated the conditional branch alone (s = {scale}), so another "
                    "scale changes nothing. The unconditional branch can be added afterwards.",
                    scale=wording.scale_text(view.scale),
                ),
                tr("Adding it …") if adding else tr("Add it: one call a step"),
            )
        else:
            self._head.set_notice("")

    def _add_branch(self) -> None:
        recording = self._scene.recording
        if recording is not None and not self._busy("branch"):
            self._handles["branch"] = self._services.submit(
                AddUncondJob(recording=Path(recording.path)),
                on_result=lambda _: self._branch_added(recording),
            )
            self._allow()

    def _branch_added(self, recording: Recording) -> None:
        recording.refresh()
        self._added += 1
        self._norms, self._norms_of = no_norms(), None
        self._ask()

    def _busy(self, what: str) -> bool:
        handle = self._handles.get(what)
        return handle is not None and handle.active

    # -- reading ---------------------------------------------------------------------------

    def _ask(self) -> None:
        scene = self._scene
        recording, call = scene.recording, scene.call
        if recording is None or call is None:
            return
        group = (recording.id, self._added)
        self._reader.ask(group, call, read_step, recording, call, on_result=self._take)
        branching = self._services.futures.branching
        if branching is not None and call < branching.origin.calls:
            origin = branching.origin
            self._origin_reader.ask(
                origin.id, call, read_step, origin, call, on_result=self._take_origin
            )
        else:
            self._origin_reader.forget()
            self._origin = None
        if group != self._norms_of:
            self._norms, self._norms_of = no_norms(), group
        if self._norms.calls < scene.calls:
            self._looker.ask(
                group,
                (self._norms.calls, scene.calls),
                read_norms,
                recording,
                self._norms,
                scene.calls,
                on_result=self._take_norms,
            )

    def _take(self, view: StepView) -> None:
        self._view = view
        self._head.set_caption(wording.step_caption(view))
        self._head.set_recorded(view.scale)
        self._steps.set_first(view.scale)
        self._draw()
        self._tell_reach()
        self._allow()

    def _take_origin(self, view: StepView) -> None:
        self._origin = view
        self._draw()

    def _take_norms(self, norms: Norms) -> None:
        self._norms = norms
        self._steps.set_norms(norms, self._scene.call or 0)
        if norms.calls < self._scene.calls:
            self._ask()

    def _draw(self) -> None:
        view = self._view
        if view is None:
            return
        control = self._services.guidance
        self._step.set_scale(control.scale, control.rescale)
        self._step.set_step(view, self._left(view), self._scene.display)

    def _left(self, view: StepView) -> tuple[NDArray[np.uint8], str] | None:
        origin = self._origin
        if origin is None or origin.call != view.call:
            return None
        text = tr("before, s = {scale}", scale=wording.scale_text(origin.scale))
        return origin.colours(origin.recorded).rgb, text

    # -- decoding --------------------------------------------------------------------------

    def _decode(self) -> None:
        """Decode what is compared and what is chosen; the newest request counts."""
        view, right = self._view, self._step.latent
        recording, model = self._scene.recording, self._scene.model
        if not self._head.decode.isChecked() or view is None or right is None:
            return
        if recording is None or model is None or not np.isfinite(right).all():
            return
        if recording.model.get("digest") != model.digest:
            return
        left = view if self._origin is None or self._origin.call != view.call else self._origin
        key = (recording.id, left is view, view.call, self._added)
        if key not in self._decoded:
            self._handles["left"] = self._services.submit(
                DecodeJob(latent=left.recorded, slot="guidance/decode-left"),
                on_result=partial(self._take_left, key),
            )
        self._handles["right"] = self._services.submit(
            DecodeJob(latent=right, slot="guidance/decode"),
            on_result=partial(self._take_right, key, right),
        )

    def _take_left(self, key: object, rgb: NDArray[np.uint8]) -> None:
        while len(self._decoded) >= 64:
            self._decoded.pop(next(iter(self._decoded)))
        self._decoded[key] = rgb

    def _take_right(self, key: object, latent: NDArray[Any], rgb: NDArray[np.uint8]) -> None:
        # What has moved on since has its own request on the way.
        if latent is self._step.latent and self._head.decode.isChecked():
            self._step.set_decoded(self._decoded.get(key), rgb)

    # -- words -----------------------------------------------------------------------------

    def _tell_reach(self) -> None:
        control = self._services.guidance
        reach = control.reach
        why = self._why_not(onward=True) if reach == "onward" else ""
        text = why or wording.reach_text(reach, self._view)
        if self._services.futures.branching is not None and reach != "run":
            text = tr("Another future: gone at the end unless kept.")
        self._head.set_reach("step" if why else reach, text)
        self._head.set_allowed(onward=control.onward, live=control.live)

    def _tell_branching(self) -> None:
        futures, scene = self._services.futures, self._scene
        finished = scene.pane is not None and scene.pane.finished
        self._head.set_branching(
            on=futures.branching is not None, can_keep=finished and not futures.active
        )
        self._tell_reach()

    def _show_help(self) -> None:
        from PySide6.QtCore import Qt

        if self._help is None:
            self._help = QLabel(wording.help_text(), self._page, Qt.WindowType.Popup)
            self._help.setWordWrap(True)
            self._help.setTextFormat(Qt.TextFormat.RichText)
            self._help.setMargin(4 * look.GAP)
            self._help.setFixedWidth(520)
            self._help.setAccessibleName(tr("What guidance is"))
        self._help.adjustSize()
        corner = self._head.mapToGlobal(self._head.rect().topRight())
        self._help.move(corner.x() - self._help.width(), corner.y() + 9 * look.GAP)
        self._help.show()


def without_guidance(spec: RunSpec) -> tuple[Any, ...]:
    """Return a run's edits but those of guidance."""
    return tuple(edit for edit in spec.edits if edit.kind != "guidance")


def _distilled() -> str:
    return tr(
        "This model has guidance distilled into it and knows no unconditional branch: there is "
        "nothing to combine."
    )
