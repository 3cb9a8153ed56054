"""The activation viewer: all channels of a module, one large, and how they change over steps."""

from __future__ import annotations

import dataclasses
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from sdinspector.analysis.statistics import Statistics
from sdinspector.app.fetch import Fetched, Fetcher
from sdinspector.app.texts import mark, tr
from sdinspector.app.viewer import Pixel, Scene, Services, Viewer
from sdinspector.core import FigureSpec
from sdinspector.export import colours
from sdinspector.viewers.activations import hints
from sdinspector.viewers.activations.ahead import Ahead
from sdinspector.viewers.activations.controls import Controls, Head
from sdinspector.viewers.activations.data import View, Wish, array_name, call_of, prepare
from sdinspector.viewers.activations.detail import Detail
from sdinspector.viewers.activations.figures import figures_of
from sdinspector.viewers.activations.overview import Overview
from sdinspector.viewers.activations.parameters import ParametersPage
from sdinspector.viewers.activations.projecting import Bases
from sdinspector.viewers.activations.steps import Steps, over_calls, read_steps, run_levels
from sdinspector.widgets import look
from sdinspector.widgets.export_button import save_figures
from sdinspector.widgets.latest import Latest

_WORK, _NOTE, _PARAMETERS = range(3)


class ActivationsViewer(Viewer):
    """Choose a module in the tree or in the U: all its channels, recorded or by replay."""

    id = "activations"
    title = mark("Activations")
    description = mark("What each module gives: all channels, one large, the change over steps")
    icon = "activations"
    shortcut = "Ctrl+4"
    place = "centre"
    order = 40
    captures = ("activations", "statistics")

    # -- making it -------------------------------------------------------------------------

    def build(self, services: Services, parent: QWidget | None) -> QWidget:
        """Make the lines of controls, the mosaic and the details beside it."""
        self._services = services
        self._fetcher = Fetcher(services, "activations/arrays")
        self._worker = Latest(services, "activations/view")
        self._ahead = Ahead(services, "activations/ahead")
        self._reader = Latest(services, "activations/steps")
        self._scene = Scene()
        self._asked: object = None
        self._failed: tuple[object, Exception] | None = None
        self._fetched: tuple[object, Fetched] | None = None
        self._view: View | None = None
        self._drawn: object = None
        self._steps: Steps | None = None
        self._steps_of: object = None
        self._seen: dict[int, dict[str, Statistics]] = {}
        self._bases = Bases()
        self._pixel: Pixel | None = None
        self._token: Pixel | None = None
        page = QWidget(parent)
        box = QVBoxLayout(page)
        box.setContentsMargins(3 * look.GAP, 2 * look.GAP, 3 * look.GAP, 2 * look.GAP)
        box.setSpacing(2 * look.GAP)
        self._head = Head(page)
        box.addWidget(self._head)
        self._controls = Controls(page)
        box.addWidget(self._controls)
        self._stack = QStackedLayout()
        box.addLayout(self._stack, 1)
        self._stack.addWidget(self._build_work(page))
        self._note = QLabel(page)
        self._note.setWordWrap(True)
        self._note.setTextFormat(Qt.TextFormat.RichText)
        self._note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._note.setProperty("role", "muted")
        self._note.setAccessibleName(tr("Why nothing is shown"))
        self._note.linkActivated.connect(lambda path: services.select(layer=path))
        self._stack.addWidget(self._note)
        self._parameters = ParametersPage(services, page)
        self._stack.addWidget(self._parameters)
        self._connect(page)
        return page

    def _build_work(self, page: QWidget) -> QWidget:
        self._overview = Overview(page)
        self._detail = Detail(page)
        split = QSplitter(Qt.Orientation.Horizontal, page)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        for widget, left, right in ((self._overview, 0, 3), (self._detail, 3, 0)):
            frame = QWidget(split)
            inner = QVBoxLayout(frame)
            inner.setContentsMargins(left * look.GAP, 0, right * look.GAP, 0)
            inner.addWidget(widget)
            split.addWidget(frame)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([460, 320])
        return split

    def _connect(self, page: QWidget) -> None:
        services, detail, overview = self._services, self._detail, self._overview
        self._head.mode_chosen.connect(lambda _: self.show(self._scene))
        self._controls.changed.connect(self._prepare)
        self._controls.branch_chosen.connect(self._chose_branch)
        self._controls.table_chosen.connect(lambda name: services.set_display(diverging_map=name))
        self._controls.fit.clicked.connect(self._fit)
        self._controls.save.clicked.connect(
            lambda: save_figures(self.figures(self._scene), services, page)
        )
        for part in (detail, overview):
            part.hovered.connect(self._hovered)
        detail.projection_wanted.connect(lambda _: self._prepare())
        detail.counts_wanted.connect(self._prepare)
        detail.components_wanted.connect(self._find_components)
        detail.pixel_chosen.connect(lambda pixel: self._chose(None, pixel))
        detail.channel_chosen.connect(lambda number: services.select(channel=number))
        detail.call_chosen.connect(lambda call: services.select(call=call))
        overview.chosen.connect(self._chose)

    # -- the viewer's contract -------------------------------------------------------------

    def show(self, scene: Scene) -> None:
        """Show the selected module at the selected step."""
        self._scene = scene
        self._controls.show_display(scene.display)
        self._controls.show_mode(parameters=self._of_parameters)
        if self._of_parameters:
            self._show_parameters(scene)
            return
        reason = hints.why_nothing(scene)
        if reason is not None:
            self._say(reason, scene.selection.layer or "")
            return
        self._ask()
        self._ask_steps()
        view = self._view
        there = view is not None and view.wish.layer == scene.selection.layer
        if view is not None and there and self._drawn != self._look(view):
            self._draw()  # a step alone is drawn when it has come

    def hover(self, pixel: Pixel | None) -> None:
        """Show the shared crosshair and the values under it."""
        self._pixel = pixel
        selected = self._scene.selection.pixel
        if self._of_picture:
            self._detail.show_pixel(pixel, selected)
            self._overview.show_pixel(pixel or selected)

    def figures(self, scene: Scene) -> list[FigureSpec]:
        """Return the mosaic, the large channel, the projection and the plots."""
        view = self._view
        if self._stack.currentIndex() == _PARAMETERS:
            return self._parameters.figures()
        if view is None or self._stack.currentIndex() != _WORK:
            return []
        over = over_calls(self._steps, self._seen, scene.calls)
        return figures_of(view, scene, self._channel(view), over)

    def empty(self, scene: Scene) -> str | None:
        """Return what to do where there is neither a model nor a step."""
        return None if scene.model is not None else super().empty(scene)

    def close(self) -> None:
        """Drop what is being read."""
        self._fetcher.cancel()
        self._worker.forget()
        self._ahead.forget()
        self._reader.forget()
        self._parameters.close_page()

    # -- getting the arrays ----------------------------------------------------------------

    def _ask(self) -> None:
        scene = self._scene
        pane, call, layer = scene.pane, scene.call, scene.selection.layer
        if pane is None or call is None or layer is None:
            return
        call = call_of(pane.recording, layer, call)
        key = (scene.generation, pane.recording.id, layer, call)
        if key == self._asked:
            if self._failed is None:
                self._prepare()
            elif self._failed[0] is not scene.model:  # another model may know more
                self._asked = None
                self._ask()
            else:
                self._say(hints.said(self._failed[1], layer), layer)
            return
        if (scene.generation, pane.recording.id, layer) != self._steps_of:
            self._steps_of = (scene.generation, pane.recording.id, layer)
            self._steps, self._seen, self._bases = None, {}, Bases()
            self._ahead.forget()
        self._asked, self._failed = key, None
        wish = self._wish(layer, call)
        known = self._ahead.get(self._steps_of, wish)
        if known is not None:
            self._take_known(key, known)
            return
        if not self._ahead.wait(self._steps_of, wish, partial(self._take_known, key)):
            self._fetcher.fetch(
                pane,
                call,
                [array_name(layer)],
                partial(self._take_arrays, key),
                partial(self._take_error, key),
            )
        self._tell_state()

    def _take_known(self, key: object, view: View | None) -> None:
        """Show what was made ahead; what could not be is asked for again, to be told why."""
        if key != self._asked:
            return
        if view is None:
            self._asked = None
            self._ask()
            return
        self._fetcher.cancel()
        self._worker.forget()  # what is on its way is of a step before
        self._fetched = (key, view.fetched)
        if view.wish == self._wish(view.wish.layer, view.wish.call):
            self._take_view(view)
        else:
            self._prepare()

    def _take_arrays(self, key: tuple[int, str, str, int], fetched: Fetched) -> None:
        if self._asked is None or key[:3] != self._asked[:3]:  # type: ignore[index]
            return
        self._fetched = (key, fetched)
        self._prepare()

    def _take_error(self, key: object, error: Exception) -> None:
        if key == self._asked:
            self._failed = (self._scene.model, error)
            layer = self._scene.selection.layer or ""
            if not self._of_parameters:
                self._say(hints.said(error, layer), layer)

    def _prepare(self, *_: object) -> None:
        scene, fetched = self._scene, self._fetched
        if fetched is None or scene.recording is None or self._asked is None:
            return
        (generation, recording, layer, call), arrays = fetched  # type: ignore[misc]
        if (generation, recording, layer) != self._steps_of:
            return
        wish, view = self._wish(layer, call), self._view
        if view is not None and view.wish == wish and view.fetched is arrays:
            self._worker.forget()
            return
        self._worker.ask(
            self._steps_of, wish, prepare, scene.recording, arrays, wish, on_result=self._take_view
        )

    def _wish(self, layer: str, call: int) -> Wish:
        view, controls = self._view, self._controls
        kept = None
        if controls.keeps_order and view is not None and view.wish.layer == layer:
            kept = tuple(int(number) for number in view.order)
        known = None
        shown = controls.shown if controls.shown == "difference" else self._scene.selection.branch
        if controls.range == "run":
            over = over_calls(self._steps, self._seen, self._scene.calls)
            name = shown if shown in over or shown == "difference" else next(iter(over), "")
            known = run_levels(over, self._seen, name)
        return Wish(
            layer=layer,
            call=call,
            shown=shown,
            order=controls.order,
            kept=kept,
            range=controls.range,
            run_levels=known,
            signed=self._scene.display.diverging_map in colours.DIVERGING,
            projected=self._detail.projected,
            bases=self._bases,
            counted=self._detail.counted,
        )

    def _take_view(self, view: View) -> None:
        before, self._view = self._view, view
        self._seen[view.wish.call] = self._seen.get(view.wish.call, {}) | view.described
        if view.wish.layer != self._scene.selection.layer or self._failed is not None:
            return
        self._draw()
        self._draw_steps()
        self._ahead.follow(self._steps_of, self._scene, view, before, self._wish)

    def _ask_steps(self) -> None:
        scene = self._scene
        recording, layer = scene.recording, scene.selection.layer
        if recording is None or layer is None:
            return
        self._reader.ask(
            self._steps_of,
            scene.calls,
            read_steps,
            recording,
            layer,
            scene.calls,
            self._steps,
            on_result=self._take_steps,
        )

    def _take_steps(self, steps: Steps) -> None:
        self._steps = steps
        self._draw_steps()
        if self._controls.range == "run":
            self._prepare()

    # -- drawing ---------------------------------------------------------------------------

    def _look(self, view: View) -> tuple[object, ...]:
        """Return what decides how a view is drawn."""
        still = dataclasses.replace(self._scene.selection, call=0)
        return view.wish, still, self._scene.display, self._stack.currentIndex() == _WORK

    @property
    def _of_parameters(self) -> bool:
        return self._head.parameters

    def _show_parameters(self, scene: Scene) -> None:
        reason, layer = self._parameters.show_scene(scene), scene.selection.layer or ""
        if reason is not None:
            self._say(reason, layer)
            return
        self._head.show_text(layer)
        self._controls.setEnabled(True)
        self._stack.setCurrentIndex(_PARAMETERS)

    def _say(self, text: str, name: str) -> None:
        self._note.setText(text)
        self._head.show_text(name)
        self._controls.setEnabled(False)
        self._stack.setCurrentIndex(_NOTE)

    def _draw(self) -> None:
        view, scene = self._view, self._scene
        if view is None or self._failed is not None or self._of_parameters:
            return
        self._stack.setCurrentIndex(_WORK)
        self._drawn = self._look(view)
        self._controls.setEnabled(True)
        self._controls.show_view(view)
        name = scene.display.diverging_map
        table = colours.table(name if name in colours.NAMES else colours.DIVERGING[0])
        channel = self._channel(view)
        words = scene.recording.tokens if scene.recording is not None else {}
        self._overview.show_view(view, channel, table, words)
        self._detail.show_view(view, channel, table)
        if self._of_picture:
            self.hover(self._pixel)
        else:
            self._detail.show_pixel(None, self._token)
            self._overview.show_pixel(None)
        self._tell_state()

    def _draw_steps(self) -> None:
        calls, layer = self._scene.calls, self._scene.selection.layer or ""
        steady = layer.startswith(("text_encoder", "vae"))
        over = {} if steady else over_calls(self._steps, self._seen, calls)
        names = self._steps.names if self._steps else ()
        self._detail.show_steps(over, names, hints.missing_steps(layer))

    def _tell_state(self) -> None:
        view, scene = self._view, self._scene
        layer = scene.selection.layer or ""
        if self._of_parameters:
            return
        if view is None or view.wish.layer != layer:
            old = view is not None and self._stack.currentIndex() == _WORK
            self._head.show_text(
                view.wish.layer if old and view is not None else layer,
                tr("reading {path} …", path=layer) if old else tr("reading …"),
            )
        elif scene.recording is not None:
            self._head.show_text(layer, hints.caption(view, scene.recording))

    def _channel(self, view: View) -> int:
        channel = self._scene.selection.channel
        if channel is not None and channel < view.channels:
            return channel
        return int(view.order[0])

    # -- what a person does ----------------------------------------------------------------

    @property
    def _of_picture(self) -> bool:
        """Whether a place in a map is a place in the picture: not so for tokens."""
        return self._view is None or self._view.kind == "maps"

    def _hovered(self, pixel: Pixel | None) -> None:
        if self._of_picture:
            self._services.hover(pixel)
        else:
            self._detail.show_pixel(pixel, self._token)

    def _chose(self, channel: int | None, pixel: Pixel) -> None:
        changes = {} if channel is None else {"channel": channel}
        if self._of_picture:
            self._services.select(pixel=pixel, **changes)
            return
        self._token = pixel
        self._detail.show_pixel(None, pixel)
        if changes:
            self._services.select(**changes)

    def _chose_branch(self, shown: str) -> None:
        if shown in ("cond", "uncond") and shown != self._scene.selection.branch:
            self._services.select(branch=shown)
        self._prepare()

    def _find_components(self) -> None:
        self._bases = Bases()
        self._prepare()

    def _fit(self) -> None:
        self._parameters.fit()
        self._overview.fit()
        self._detail.fit()
