"""The cross-attention viewer: where every word lands, at which step, in which layer and head."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from sdinspector.app.texts import mark
from sdinspector.app.viewer import Pixel, Scene, Services, Viewer
from sdinspector.core import FigureSpec, tree_path
from sdinspector.recording.attention_summary import PREFIX
from sdinspector.viewers.attention import figures, paths, wording
from sdinspector.viewers.attention.averages import sought
from sdinspector.viewers.attention.averaging import Averaging
from sdinspector.viewers.attention.board import Board
from sdinspector.viewers.attention.drawing import Drawing
from sdinspector.viewers.attention.sources import Sources
from sdinspector.viewers.attention.store import Question
from sdinspector.viewers.attention.wishes import Wishes
from sdinspector.widgets.export_button import save_figures


class AttentionViewer(Viewer):
    """Words as chips, the map over the picture, small maps, layers × steps, ranks at a pixel."""

    id = "attention"
    title = mark("Attention")
    description = mark("Cross-attention: where each word lands, by step, layer and head")
    icon = "attention"
    shortcut = "Ctrl+3"
    place = "centre"
    order = 30
    captures = ("attention",)

    # -- making it -------------------------------------------------------------------------

    def build(self, services: Services, parent: QWidget | None) -> QWidget:
        """Make the widgets and connect them."""
        self._services = services
        self._scene = Scene()
        self._group: object = None
        self._call: int | None = None
        self._wishes = Wishes()
        self._default = ""
        self._pixel: Pixel | None = None
        self._sources = Sources(services, self._came)
        self._board = Board(parent)
        self._averaging = Averaging(services, self._sources, lambda: self._came("average"))
        self._drawing = Drawing(self._board, self._sources, self._averaging)
        kept = services.settings["viewers"].get(self.id, {})
        self._board.main.smooth.setChecked(bool(kept.get("smooth", True)))
        self._board.main.outlined.setChecked(bool(kept.get("contour", False)))
        under = self._board.main.under
        under.setCurrentIndex(max(0, under.findData(kept.get("under", "fading"))))
        self._connect()
        return self._board

    def _connect(self) -> None:
        board, services = self._board, self._services
        board.chips.chosen.connect(self._choose)
        board.chips.compared.connect(lambda key: self._wish(second=key))
        board.chips.removed.connect(self._remove)
        board.tokens.clicked.connect(lambda on: self._wish(specials=on))
        board.ask.returnPressed.connect(self._ask_word)
        board.controls.changed.connect(self._controls_changed)
        board.controls.fit.clicked.connect(board.main.canvas.fit)
        board.controls.save.clicked.connect(
            lambda: save_figures(self.figures(self._scene), services, board)
        )
        board.main.canvas.hovered.connect(services.hover)
        board.main.canvas.clicked.connect(lambda pixel: services.select(pixel=pixel))
        board.main.dressed.connect(self._dressed)
        board.main.stop.clicked.connect(self._stop_asking)
        board.main.average.clicked.connect(self._choose_recordings)
        board.main.over.chosen.connect(lambda on: self._wish(spread=on))
        board.main.over.ended.connect(lambda: self._average(()))
        side = board.side
        side.mode_chosen.connect(lambda mode: self._wish(mode=mode))
        side.measure_chosen.connect(lambda measure: self._wish(measure=measure))
        side.shared.clicked.connect(lambda on: services.set_display(shared_levels=on))
        side.tiles.tile_chosen.connect(self._tile_chosen)
        side.tiles.hovered.connect(self._tile_hovered)
        side.ranks.chosen.connect(self._choose)
        side.matrix.cell_chosen.connect(self._cell_chosen)
        side.matrix.row_chosen.connect(self._row_chosen)
        side.matrix.column_chosen.connect(self._column_chosen)
        side.matrix.pointed.connect(self._drawing.matrix.point_at_cell)

    # -- the viewer's contract -------------------------------------------------------------

    def show(self, scene: Scene) -> None:
        """Show the chosen word at the chosen steps, layers and heads."""
        before, self._scene = self._scene, scene
        recording, call = scene.recording, scene.call
        if recording is None or call is None:
            return
        group = (scene.generation, recording.id)
        if group != self._group:
            self._begin(group)
        elif self._travelled(scene):
            self._wishes = replace(self._wishes, steps="one")
        if scene.selection.word not in (None, before.selection.word):
            self._wishes = replace(self._wishes, entry="")
        if scene.model is not before.model:
            self._sources.forgive()
        self._call = call
        self._board.draw_display(scene.display)
        self._ask()
        self._draw()

    def hover(self, pixel: Pixel | None) -> None:
        """Show the shared crosshair and rank the words under it."""
        self._pixel = pixel
        self._board.main.canvas.set_crosshair(pixel)
        self._board.side.tiles.set_place(pixel or self._scene.selection.pixel)
        self._rank()

    def figures(self, scene: Scene) -> list[FigureSpec]:  # noqa: ARG002
        """Return the map, the maps of all words, the small maps, the matrix."""
        return figures.of(self._drawing, self._board, self._sources, self._scene)

    def eager(self, scene: Scene) -> bool:
        """Read the sums of a finished recording before anybody comes here, unless it has none."""
        pane = scene.pane
        if pane is None or not pane.finished or not pane.calls or self._wishes.mode == "self":
            return False
        return PREFIX[scene.selection.branch] in "".join(pane.recording.call(0).names)

    def close(self) -> None:
        """Drop what is being read and asked."""
        self._sources.close()
        self._averaging.clear()

    # -- asking ----------------------------------------------------------------------------

    def _begin(self, group: object) -> None:
        """Show another recording: begin with all of its steps."""
        kept = self._wishes
        self._wishes = Wishes(
            span=(0, max(self._scene.calls - 1, 0)),
            recipe=kept.recipe,
            mode=kept.mode,
            measure=kept.measure,
            specials=kept.specials,
        )
        self._group, self._default = group, ""
        self._sources.begin(group)
        self._averaging.clear()

    def _travelled(self, scene: Scene) -> bool:
        """Return whether a person went to another step while all are shown: the view goes along."""
        follows = scene.busy and scene.display.follow
        return scene.call != self._call and self._wishes.steps == "all" and not follows

    def _question(self) -> Question:
        scene, wishes = self._scene, self._wishes
        calls: tuple[int, ...] | None = None
        if wishes.steps == "one":
            calls = (scene.call or 0,)
        elif wishes.steps == "range":
            first, last = sorted(min(call, scene.calls - 1) for call in wishes.span)
            calls = tuple(range(first, last + 1))
        view, head = self._sources.view, scene.selection.head
        grids = view.grids if view is not None else dict.fromkeys(paths.known(scene), (0, 0))
        return Question(
            calls=calls,
            upto=scene.calls,
            recipe=wishes.recipe,
            layers=paths.chosen(wishes.layers, grids, scene.selection.layer),
            heads=() if head is None else (head,),
            branch=scene.selection.branch,
            probes=self._sources.probes.texts,
        )

    def _ask(self) -> None:
        question = self._question()
        self._sources.ask(self._scene, question, self._board.main.under.currentData())
        view = self._sources.view
        if view is not None and self._default not in view.keys:
            self._default = wording.most_local(view)
        key = self._key()
        for entry in (key, self._wishes.second):
            if entry.startswith("probe:"):
                self._sources.probes.need(self._scene, entry.removeprefix("probe:"), question)
        self._sources.ask_tiles(question, key, self._wishes.mode, self._layer())
        self._ask_average()

    def _ask_average(self) -> None:
        view, wishes = self._sources.view, self._wishes
        question = self._question()
        if view is not None and replace(view.question, probes=question.probes) == question:
            keys, under = (self._key(), wishes.second), self._board.main.under.currentData()
            self._averaging.need(self._scene, view, keys, under)

    def _came(self, what: str) -> None:
        """Draw what the sources have got."""
        if what == "single" and self._wishes.steps != "one":
            self._wishes = replace(self._wishes, steps="one")
        if what in ("single", "recovered", "probes", "average"):
            self._ask()
        if what == "maps" and self._sources.view is not None:
            self._ask()
        if what == "heard":
            self._drawing.matrix.draw(self._drawing.state)
        elif what == "picture":
            self._ask_average()
            self._drawing.draw_picture()
        elif what == "tiles" and self._wishes.mode != "self":
            self._drawing.draw_tiles()
        else:
            self._draw()

    def _key(self) -> str:
        """Return what is shown: a word, a special token, a text of its own."""
        if self._wishes.entry:
            return self._wishes.entry
        word, view = self._scene.selection.word, self._sources.view
        if word is None:
            return self._default
        key = f"word:{word}"
        if self._scene.selection.branch == "uncond" and view is not None and key not in view.keys:
            return self._default  # the negative prompt has other words
        return key

    def _layer(self) -> str:
        """Return the one layer whose heads are shown: the selected, else where the word peaks."""
        view = self._sources.view
        if view is None:
            return ""
        found = paths.selected(view.grids, self._scene.selection.layer)
        if found:
            return found[0]
        heard, key = self._sources.heard, self._key()
        if heard is not None and key in view.keys and view.columns[view.keys.index(key)]:
            loud = heard.of(view.columns[view.keys.index(key)], peak=True)
            return heard.layers[int(np.nan_to_num(loud).max(axis=1).argmax())]
        return next(iter(view.grids), "")

    # -- drawing ---------------------------------------------------------------------------

    def _draw(self) -> None:
        self._drawing.draw(self._scene, self._wishes, self._question(), self._key(), self._layer())
        self._rank()

    def _rank(self) -> None:
        self._drawing.draw_ranks(self._pixel or self._scene.selection.pixel)

    # -- what a person does ----------------------------------------------------------------

    def _wish(self, **changes: object) -> None:
        self._wishes = replace(self._wishes, **changes)  # type: ignore[arg-type]
        # What was selected just now is told once a frame; it is asked for at once.
        self._scene = replace(self._scene, selection=self._services.scene.selection)
        self._ask()
        self._draw()

    def _choose(self, key: str) -> None:
        """Show a word, a special token or a text of its own."""
        second = "" if key == self._wishes.second else self._wishes.second
        if key.startswith("word:"):
            self._wishes = replace(self._wishes, entry="", second=second)
            self._services.select(word=int(key.removeprefix("word:")))
            self._wish()
        else:
            self._wish(entry=key, second=second)

    def _remove(self, key: str) -> None:
        """Let a text of its own go."""
        self._sources.probes.remove(key.removeprefix("probe:"))
        wishes = self._wishes
        self._wish(
            entry="" if wishes.entry == key else wishes.entry,
            second="" if wishes.second == key else wishes.second,
        )

    def _stop_asking(self) -> None:
        """Stop the work for the text that is shown; the text stays."""
        self._sources.probes.stop(self._key().removeprefix("probe:"))
        self._draw()

    def _ask_word(self) -> None:
        """Ask about a text; one that is a word of the prompt is shown as such."""
        text = " ".join(self._board.ask.text().split())
        if not text:
            return
        self._board.ask.clear()
        view = self._sources.view
        if view is not None:
            for key, label in zip(view.keys, view.labels, strict=True):
                if key.startswith("word:") and label.casefold() == text.casefold():
                    self._choose(key)
                    return
        self._sources.probes.forgive()
        self._sources.probes.add(text)
        self._wish(entry=f"probe:{text}")

    def _choose_recordings(self) -> None:
        """Let a person choose recordings to average over."""
        view, key = self._sources.view, self._key()
        if view is not None and sought(view, key) is not None:
            dialog = self._averaging.ask(self._scene, view, key, self._board)
            dialog.accepted_paths.connect(self._average)

    def _average(self, chosen: tuple[Path, ...]) -> None:
        """Average over recordings; over none, show this one alone again."""
        self._averaging.choose(chosen)
        self._wish(spread=self._wishes.spread and bool(chosen))

    def _controls_changed(self, what: str) -> None:
        controls = self._board.controls
        if what == "steps":
            mode = controls.steps.current
            first, last = controls.first.value() - 1, controls.last.value() - 1
            self._wish(steps=mode, span=self._calls_of(first, last))
        elif what == "layers":
            self._wish(layers=controls.layers.currentData())
        elif what == "recipe":
            self._wish(recipe=controls.recipe.currentData())
        elif what == "head":
            self._services.select(head=controls.head)
        elif what == "branch":
            self._services.select(branch=controls.branch.currentData())

    def _calls_of(self, first: int, last: int) -> tuple[int, int]:
        """Return the first call of one step and the last of another."""
        recording = self._scene.recording
        if recording is None or not self._scene.calls:
            return 0, 0
        low, high = sorted((first, last))
        end = recording.call_of_step(high)
        while end + 1 < self._scene.calls and recording.step_of_call(end + 1) == high:
            end += 1
        return recording.call_of_step(low), end

    def _dressed(self) -> None:
        main = self._board.main
        viewers = dict(self._services.settings["viewers"])
        viewers[self.id] = {
            "smooth": main.smooth.isChecked(),
            "contour": main.outlined.isChecked(),
            "under": main.under.currentData(),
        }
        self._services.settings["viewers"] = viewers
        self._services.set_display(
            opacity=main.opacity.value() / 100, colour_map=main.table.currentData()
        )
        main.canvas.set_opacity(main.opacity.value() / 100)
        self._ask()
        self._draw()

    def _tile_chosen(self, index: int, _place: Pixel) -> None:
        mode = self._wishes.mode
        keys = self._drawing.tile_keys
        if index >= len(keys):
            return
        key = keys[index]
        if mode == "words":
            shift = QApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier
            if not shift:
                self._choose(key)
            else:
                same = key in (self._key(), self._wishes.second)
                self._wish(second="" if same else key)
        elif mode == "heads":
            self._services.select(head=None if self._scene.selection.head == key else key)
        else:
            again = tree_path(key) == self._scene.selection.layer
            self._wishes = replace(self._wishes, layers="recipe" if again else "selected")
            self._services.select(layer=None if again else tree_path(key))

    def _tile_hovered(self, pixel: Pixel | None) -> None:
        hit = None if pixel is None else self._board.side.tiles.tile_at(pixel)
        self._services.hover(None if hit is None else hit[1])

    def _cell_chosen(self, row: int, column: int) -> None:
        """Show one layer at one step."""
        heard = self._sources.heard
        if heard is not None:
            self._wishes = replace(self._wishes, steps="one", layers="selected")
            self._services.select(call=heard.calls[column], layer=tree_path(heard.layers[row]))
            self._wish()

    def _row_chosen(self, row: int) -> None:
        """Show one layer over all steps; once more, the recipe's layers."""
        heard = self._sources.heard
        if heard is None:
            return
        path = tree_path(heard.layers[row])
        wishes = self._wishes
        again = path == self._scene.selection.layer and wishes.layers == "selected"
        self._wishes = replace(wishes, layers="recipe" if again else "selected")
        self._services.select(layer=None if again else path)
        self._wish()

    def _column_chosen(self, column: int) -> None:
        """Show one step, all the recipe's layers."""
        heard = self._sources.heard
        if heard is not None:
            self._wishes = replace(self._wishes, steps="one", layers="recipe")
            self._services.select(call=heard.calls[column])
            self._wish()
