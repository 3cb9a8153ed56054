"""The VAE viewer: encode a picture, decode it, and see what each channel of the latent does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from sdinspector.analysis.statistics import levels
from sdinspector.app.jobs import DecodeJob, PictureJob
from sdinspector.app.naming import new_path
from sdinspector.app.texts import mark, tr
from sdinspector.app.viewer import JobHandle, Pixel, Scene, Services, Viewer
from sdinspector.core import FigureSpec, InspectorError
from sdinspector.export import colours
from sdinspector.viewers.vae import figures, wording
from sdinspector.viewers.vae.board import Board
from sdinspector.viewers.vae.changes import Changes
from sdinspector.viewers.vae.data import (
    Compared,
    Opened,
    compare,
    read_opened,
    read_path,
    save_latent,
)
from sdinspector.widgets.export_button import save_figures
from sdinspector.widgets.latest import Latest

#: Of a run that starts from a latent here, where the person has chosen none.
STRENGTH = 0.6
Picture = NDArray[np.uint8]


class VaeViewer(Viewer):
    """A picture of one's own, or a run's latent, in the VAE; no run is needed."""

    id = "vae"
    title = mark("VAE")
    description = mark("The VAE: a picture to a latent and back, and what each channel does")
    icon = "vae"
    shortcut = "Ctrl+8"
    place = "centre"
    order = 80
    kinds = ("encode",)

    # -- making it -------------------------------------------------------------------------

    def build(self, services: Services, parent: QWidget | None) -> QWidget:
        """Make the widgets and connect them."""
        self._services = services
        self._scene = Scene()
        self._source: Path | Picture | None = None
        self._own = False  # a picture of one's own is shown, not the scene's recording
        self._shown = ""  # id of the scene's recording
        self._asked: object = None
        self._opened: Opened | None = None
        self._changes: Changes | None = None
        self._plain: Picture | None = None  # the unchanged latent, decoded
        self._after: Picture | None = None
        self._compared: Compared | None = None
        self._span = (-1.0, 1.0)
        self._picture_handle: JobHandle | None = None
        self._decoder: JobHandle | None = None
        self._reader = Latest(services, "vae/open")
        self._comparer = Latest(services, "vae/compare")
        self._board = Board(parent)
        self._connect()
        self._draw()
        return self._board

    def _connect(self) -> None:
        board, channels, services = self._board, self._board.channels, self._services
        board.picture_given.connect(self.encode)
        board.connect_buttons(board.open, board.paste_button, tr("Encode a picture"), services)
        board.run.clicked.connect(self._take_run)
        board.placing.activated.connect(lambda _: self._encode_again())
        board.size.activated.connect(lambda _: self._encode_again())
        board.sample.toggled.connect(board.seed.setEnabled)
        board.sample.clicked.connect(lambda _: self._encode_again())
        board.seed.editingFinished.connect(self._encode_again)
        board.explain.toggled.connect(board.help.setVisible)
        board.mode.chosen.connect(lambda _: self._draw_pictures())
        board.start.clicked.connect(self._start_run)
        board.save.clicked.connect(lambda: save_figures(self.figures(self._scene), services, board))
        board.canvas.hovered.connect(services.hover)
        board.canvas.clicked.connect(lambda pixel: services.select(pixel=pixel))
        board.difference.canvas.hovered.connect(services.hover)
        channels.hovered.connect(services.hover)
        channels.adjusted.connect(self._adjust)
        channels.exchanged.connect(self._exchange)
        channels.painted.connect(self._paint)
        channels.lifted.connect(self._lift)
        channels.undone.connect(self._undo)
        channels.cleared.connect(self._clear)

    # -- the viewer's contract -------------------------------------------------------------

    def empty(self, scene: Scene) -> str | None:
        """Return why nothing is shown: only a model is needed."""
        return None if scene.model is not None else tr("The model is on its way.")

    def show(self, scene: Scene) -> None:
        """Show the recording's latent until a person brings a picture."""
        before, self._scene = self._scene, scene
        pane = scene.pane
        self._board.run.setEnabled(pane is not None)
        shown = "" if pane is None else pane.recording.id
        if pane is not None and shown != self._shown and pane.recording.kind == "encode":
            self._own = False  # it was opened: that is what is to be seen
        self._shown = shown
        if pane is not None and not self._own and not scene.busy:
            self._ask_scene()
        if before.display != scene.display and self._opened is not None:
            self._draw()
        self._board.canvas.set_marker(scene.selection.pixel)

    def hover(self, pixel: Pixel | None) -> None:
        """Show the shared crosshair."""
        self._board.canvas.set_crosshair(pixel)
        self._board.difference.canvas.set_crosshair(pixel)
        self._board.channels.set_place(pixel)

    def figures(self, scene: Scene) -> list[FigureSpec]:
        """Return the decoded picture, the channels, the original and the difference."""
        if self._opened is None or self._changes is None:
            return []
        name = scene.display.diverging_map
        return figures.of_bench(self._opened, self._changes, self._after, self._compared, name)

    def close(self) -> None:
        """Drop what is being encoded, decoded and read."""
        self._reader.forget()
        self._comparer.forget()
        for handle in (self._picture_handle, self._decoder):
            if handle is not None:
                handle.cancel()

    # -- where the latent comes from -------------------------------------------------------

    def encode(self, picture: Path | Picture) -> None:
        """Encode a picture and decode it again."""
        self._source = picture
        self._encode_again()

    def _encode_again(self, *_: object) -> None:
        source, card, board = self._source, self._scene.model, self._board
        if source is None or card is None:
            return
        own = board.size.currentData() == "own"
        name = source.stem if isinstance(source, Path) else tr("pasted picture")
        try:
            out = new_path(f"vae {name}")
        except InspectorError as error:
            self._services.report(error)
            return
        job = PictureJob(
            picture=source,
            out=out,
            placing=board.placing.currentData(),
            width=0 if own else card.width,
            height=0 if own else card.height,
            seed=board.seed.value() if board.sample.isChecked() else None,
        )
        self._picture_handle = self._services.submit(job, self._encoded, self._not_encoded)
        if self._opened is None:
            board.note.setText(tr("Encoding {name} …", name=name))

    def _not_encoded(self, error: Exception) -> None:
        self._source = None
        if self._opened is None:
            self._draw()
        self._services.report(error)

    def _encoded(self, path: Path) -> None:
        self._own = True
        self._services.settings.add_recent("recent.recordings", str(path))
        self._asked = path
        self._reader.ask("own", path, read_path, path, on_result=self._take)

    def _ask_scene(self) -> None:
        pane = self._scene.pane
        if pane is None:
            return
        asked = (self._scene.generation, pane.recording.id, pane.finished)
        if asked != self._asked:
            self._asked = asked
            self._reader.ask(
                "scene", asked, read_opened, pane.recording, pane.calls, on_result=self._take
            )

    def _take_run(self) -> None:
        self._own, self._asked = False, None
        self._ask_scene()

    def _take(self, opened: Opened | None) -> None:
        """Show another latent, unchanged."""
        self._opened = opened
        self._changes = None if opened is None else Changes(opened.latent)
        self._plain = self._after = None if opened is None else opened.decoded
        self._compared = None
        if opened is not None:
            self._span = levels(opened.latent, symmetric=True)
            self._board.channels.set_facts(opened.facts)
            if opened.decoded is None:
                self._decode()
        self._draw()
        self._compare()

    # -- changing it -----------------------------------------------------------------------

    def _adjust(self, place: int, gain: float, offset: float) -> None:
        if self._changes is not None:
            self._changes.gains[place], self._changes.offsets[place] = gain, offset
            self._changed()

    def _exchange(self, place: int, channel: int) -> None:
        if self._changes is not None:
            self._changes.exchange(place, channel)
            self._changed(rows=True)

    def _paint(self, place: int, pixel: Pixel, radius: float, value: float) -> None:
        if self._changes is not None:
            self._changes.paint(place, pixel, radius, value)
            self._changed()

    def _lift(self) -> None:
        if self._changes is not None:
            self._changes.lift()
            self._draw_state()

    def _undo(self) -> None:
        if self._changes is not None:
            self._changes.undo()
            self._changed()

    def _clear(self) -> None:
        if self._opened is not None:
            self._changes = Changes(self._opened.latent)
            self._changed(rows=True)

    def _changed(self, *, rows: bool = False) -> None:
        """Draw the channels at once, and decode; the newest latent replaces those that wait."""
        changes = self._changes
        if changes is None:
            return
        if rows:
            for place, channel in enumerate(changes.order):
                gain, offset = changes.gains[place], changes.offsets[place]
                self._board.channels.set_row(place, gain, offset, channel)
        self._draw_channels()
        self._draw_state()
        if not changes.any and self._plain is not None:
            if self._decoder is not None:
                self._decoder.cancel()  # of a latent that is no more
            self._take_decoded(self._plain)
            return
        self._decode()

    def _decode(self) -> None:
        if self._changes is None or self._opened is None:
            return
        plain = not self._changes.any
        opened = self._opened

        def take(picture: Picture) -> None:
            if self._opened is opened:
                if plain:
                    self._plain = picture
                self._take_decoded(picture)

        job = DecodeJob(latent=self._changes.result(), tiled=True, slot="vae/decode")
        self._decoder = self._services.submit(job, take, self._no_decoding)

    def _no_decoding(self, error: Exception) -> None:
        self._services.report(error)

    def _take_decoded(self, picture: Picture) -> None:
        self._after = picture
        board = self._board
        if board.mode.current == "wipe" and board.stack.currentWidget() is board.canvas:
            if board.canvas.left is not None and board.canvas.right is not None:
                board.canvas.set_right(picture)
                board.canvas.set_labels(*self._labels())
            else:
                self._draw_pictures()
        else:
            self._draw_pictures()
        self._compare()

    def _compare(self) -> None:
        before, after = self._before(), self._after
        if before is None or after is None or before is after:
            self._compared = None
            self._board.likeness.setText("")
            return
        self._comparer.ask("", id(after), compare, before, after, on_result=self._take_compared)

    def _take_compared(self, compared: Compared | None) -> None:
        self._compared = compared
        text = "" if compared is None else wording.likeness(compared.psnr, compared.ssim)
        self._board.likeness.setText(text)
        if self._board.mode.current == "difference":
            self._draw_pictures()

    # -- drawing ---------------------------------------------------------------------------

    def _before(self) -> Picture | None:
        opened = self._opened
        if opened is None:
            return None
        return opened.original if opened.original is not None else self._plain

    def _labels(self) -> tuple[str, str]:
        changed = self._changes is not None and self._changes.any
        if self._opened is not None and self._opened.original is not None:
            after = tr("decoded, changed") if changed else tr("reconstruction")
            return tr("original"), after
        return tr("decoded"), tr("decoded, changed") if changed else tr("unchanged")

    def _draw(self) -> None:
        board, opened = self._board, self._opened
        for part in (board.shapes, board.posterior):
            part.setVisible(opened is not None)
        board.channels.setVisible(opened is not None)
        board.view_bar.setVisible(opened is not None)
        if opened is None:
            board.note.setText(wording.nothing())
            board.stack.setCurrentWidget(board.note)
            return
        after = self._after
        size = None if after is None else (after.shape[0], after.shape[1])
        board.shapes.setText(wording.shapes(opened, size))
        text = wording.posterior(opened)
        board.posterior.setText(text)
        board.posterior.setVisible(bool(text))
        self._draw_channels()
        self._draw_pictures()
        self._draw_state()

    def _draw_state(self) -> None:
        changes, channels = self._changes, self._board.channels
        if changes is not None:
            channels.undo.setEnabled(changes.can_undo)
            channels.clear.setEnabled(changes.any)

    def _draw_channels(self) -> None:
        if self._changes is not None:
            name = self._scene.display.diverging_map
            table = colours.table(name if name in colours.NAMES else colours.DIVERGING[0])
            self._board.channels.draw(self._changes.result(), self._span, table)

    def _draw_pictures(self) -> None:
        board, before, after = self._board, self._before(), self._after
        if self._opened is None:
            return
        mode, smooth = board.mode.current, self._scene.display.smooth
        if mode == "difference" and self._compared is not None:
            table = colours.table(colours.DIVERGING[0])
            span = levels(self._compared.difference, symmetric=True)
            board.difference.set_map(self._compared.difference, span, table, tr("levels of 255"))
            board.stack.setCurrentWidget(board.difference)
            return
        left = before if mode in ("wipe", "before", "difference") else None
        right = after if mode in ("wipe", "after", "difference") else None
        if left is None and right is None:
            board.note.setText(tr("Decoding …"))
            board.stack.setCurrentWidget(board.note)
            return
        board.canvas.set_pair(left, right, *self._labels(), smooth=smooth)
        board.canvas.set_marker(self._scene.selection.pixel)
        board.stack.setCurrentWidget(board.canvas)

    # -- what a person does with it --------------------------------------------------------

    def _start_run(self) -> None:
        """Write the latent down, and let the next run start from it."""
        opened, changes, card = self._opened, self._changes, self._scene.model
        if opened is None or changes is None or card is None:
            return
        try:
            path = new_path(f"latent {opened.name}").with_suffix(".npz")
        except InspectorError as error:
            self._services.report(error)
            return
        self._services.read(
            "vae/latent", save_latent, path, changes.result(), on_result=self._latent_written
        )

    def _latent_written(self, path: Path) -> None:
        changes, card = self._changes, self._scene.model
        if changes is None or card is None:
            return
        height, width = changes.result().shape[1:]
        factor = card.vae_scale_factor
        found: dict[str, Any] = self._services.settings["spec"] or {}
        strength = float(found.get("strength") or 1.0)
        strength = strength if 0.0 < strength < 1.0 else STRENGTH
        self._services.change_spec(
            init=str(path), width=width * factor, height=height * factor, strength=strength
        )
        self._services.tell(
            tr(
                "The next run starts from this latent, at strength {strength}: press Run "
                "(Ctrl+Return). The options beside Run change the strength, or take it back.",
                strength=f"{strength:g}",
            )
        )
