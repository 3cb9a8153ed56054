"""Puts what the sources have got on the board."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sdinspector.app.messages import describe
from sdinspector.app.texts import tr
from sdinspector.app.viewer import Pixel, Scene
from sdinspector.viewers.attention import paths, wording
from sdinspector.viewers.attention.averages import Averaged
from sdinspector.viewers.attention.averaging import Averaging
from sdinspector.viewers.attention.board import Board
from sdinspector.viewers.attention.controls import layer_entries
from sdinspector.viewers.attention.data import AttentionView, short
from sdinspector.viewers.attention.matrix_drawing import MatrixDrawing
from sdinspector.viewers.attention.sources import Sources
from sdinspector.viewers.attention.store import Question
from sdinspector.viewers.attention.wishes import State, Wishes


class Drawing:
    """Draws the parts of the board, each from what there is."""

    def __init__(self, board: Board, sources: Sources, averaging: Averaging) -> None:
        self._board, self._sources, self._averaging = board, sources, averaging
        self.state: State | None = None
        self.tile_keys: tuple[Any, ...] = ()
        self.matrix = MatrixDrawing(board, sources)

    def draw(self, scene: Scene, wishes: Wishes, question: Question, key: str, layer: str) -> None:
        """Draw everything."""
        self.state = State(scene, wishes, question, key, layer)
        self._draw_chips()
        self._draw_controls()
        self.draw_picture()
        self._draw_map()
        self.draw_tiles()
        self.matrix.draw(self.state)

    # -- words and controls ----------------------------------------------------------------

    def _draw_chips(self) -> None:
        state, sources = self.state, self._sources
        if state is None or state.scene.recording is None:
            return
        recording, view = state.scene.recording, sources.view
        tokens = recording.tokens.get(state.question.branch, ())
        prompt = recording.spec.prompt if state.question.branch == "cond" else ""
        cut = wording.cut_off(prompt, tokens)
        if view is not None and view.question.branch == state.question.branch:
            tokens = view.tokens
        texts = sources.probes.texts
        chips = wording.chips(tokens, texts, specials=self._specials(state), cut=cut)
        display = state.scene.display
        self._board.draw_chips(chips, state.key, state.wishes.second, display.diverging_map)
        for text in texts:
            done = sources.probes.progress(text)
            share = None if done is None or not done[1] else done[0] / done[1]
            self._board.chips.set_progress(f"probe:{text}", share)
        self._board.tokens.setChecked(state.wishes.specials)

    def _draw_controls(self) -> None:
        state, view = self.state, self._sources.view
        if state is None or state.scene.recording is None:
            return
        controls, recording, scene = self._board.controls, state.scene.recording, state.scene
        first, last = state.wishes.span
        end = scene.calls - 1
        controls.set_steps(
            state.wishes.steps,
            recording.step_of_call(min(first, end)),
            recording.step_of_call(min(last, end)),
            recording.step_of_call(end) + 1,
        )
        alone = tr("This recording holds no attention: it is recovered step by step")
        stored = scene.selection.branch not in self._sources.single
        for key in ("all", "range"):
            controls.steps.set_enabled(key, stored, alone)
        grids = view.grids if view is not None else {}
        found = paths.selected(grids, scene.selection.layer)
        name = short(found[0]) if len(found) == 1 else tr("{count} layers", count=len(found))
        entry = layer_entries(grids, tr("Selected: {name}", name=name) if found else "")
        controls.set_layers(entry, state.wishes.layers)
        controls.set_heads(max(view.heads.values()) if view else 0, scene.selection.head)
        controls.set_recipe(state.wishes.recipe)
        controls.set_branch(scene.selection.branch)
        self._board.side.modes.set_current(state.wishes.mode)
        self._board.side.measure.set_current(state.wishes.measure)

    # -- the large map ---------------------------------------------------------------------

    def draw_picture(self) -> None:
        """Draw the picture under the map."""
        none = self._board.main.under.currentData() == "none"
        found = self.averaged()
        picture = self._sources.picture if found is None else found.picture
        self._board.main.canvas.set_picture(None if none else picture)

    def averaged(self) -> Averaged | None:
        """Return the average that stands in place of this recording's map, if any."""
        state, view, found = self.state, self._sources.view, self._averaging.averaged
        if state is None or view is None or found is None or state.wishes.mode == "self":
            return None
        applies = self._averaging.applies(view, state.key, state.wishes.second)
        return found if applies and found.average.count > 1 else None

    def _draw_over(self, state: State) -> None:
        """Draw what is said of the recordings that are averaged."""
        view, averaging, main = self._sources.view, self._averaging, self._board.main
        mode, second = state.wishes.mode, state.wishes.second
        why = wording.why_not_averaged(state.key, mode) or wording.why_not_averaged(second, mode)
        main.set_averageable(why)
        if why or view is None or not averaging.applies(view, state.key, second):
            main.over.hide()
            return
        found, wanted = averaging.averaged, len(averaging.paths) + 1
        main.over.show_state(
            spread=state.wishes.spread,
            count=1 if found is None else found.average.count,
            wanted=wanted,
            left_out=() if found is None else found.left_out,
            progress=averaging.progress if found is not None else averaging.progress or (0, wanted),
        )

    def _draw_map(self) -> None:
        state, view, board = self.state, self._sources.view, self._board
        if state is None:
            return
        self._draw_over(state)
        if state.wishes.mode == "self" and view is not None:
            self._draw_look(state, view)
        elif view is None:
            error = self._sources.error
            board.say(describe(error).text if error is not None else tr("Reading attention …"))
        elif (missing := self._why_missing(state, view)) is not None:
            board.say(*missing)
        elif (found := self.averaged()) is not None:
            self._draw_average(state, found)
        else:
            self._draw_word(state, view)
        board.main.canvas.set_marker(state.scene.selection.pixel)
        if state.scene.selection.pixel is not None:
            board.side.tiles.set_place(state.scene.selection.pixel)

    def _why_missing(
        self, state: State, view: AttentionView
    ) -> tuple[str, tuple[int, int] | None] | None:
        """Return why what is asked for cannot be shown and how far work on it is, or ``None``."""
        for key in (state.key, state.wishes.second):
            if not key or key in view.keys:
                continue
            if key.startswith("probe:"):
                text, recording = key.removeprefix("probe:"), state.scene.recording
                probes = self._sources.probes
                name = "" if recording is None else recording.id
                problem = probes.problem(name, text, state.question)
                if problem is not None:
                    return describe(problem).text, None
                done = probes.progress(text)
                return wording.asking(text, done), done
            return wording.not_there(key, view), None
        return None

    def _draw_word(self, state: State, view: AttentionView) -> None:
        heat, second = view.of(state.key), state.wishes.second
        if heat is None:
            return
        title = view.label(state.key)
        other = view.of(second) if second else None
        if other is not None:
            heat = heat - other
            title = f"{title} − {view.label(second)}"
        self._board.main.set_title(title, self.note(view))
        self._board.draw_map(
            (view, state.key, second),
            heat,
            state.scene.display,
            self._picture_size(heat.shape),
            view.question.recipe,
            signed=other is not None,
            unit=wording.unit(view),
        )

    def _draw_average(self, state: State, found: Averaged) -> None:
        view, average, spread = found.view, found.average, state.wishes.spread
        title = view.label(found.key)
        if found.second:
            title += f" − {view.label(found.second)}"
        note = wording.averaged(found, self._steps(view), spread=spread)
        self._board.main.set_title(title, note, f"{note}\n{self.note(view)}")
        heat = average.spread if spread else average.mean
        self._board.draw_map(
            (found, spread),
            heat,
            state.scene.display,
            self._picture_size(heat.shape),
            view.question.recipe,
            signed=bool(found.second) and not spread,
            unit=wording.unit(view, per_call=True),
        )

    def note(self, view: AttentionView) -> str:
        """Return how the maps of this recording are made."""
        return wording.note(view, self._steps(view))

    def _draw_look(self, state: State, view: AttentionView) -> None:
        looks, board = self._sources.looker.looks, self._board
        pixel, call = state.scene.selection.pixel, state.scene.call
        size = view.maps.shape[1:]
        if pixel is None:
            self._draw_word(state, view) if state.key in view.keys else board.say("")
            return
        if looks is None or looks.pixel != pixel or looks.call != call:
            return  # what was shown stays until the answer comes
        head = state.scene.selection.head
        chosen = tuple(path.removesuffix("attn2") + "attn1" for path in view.used)
        heat = looks.map(chosen, head, (size[0], size[1]))
        place = tr("x {x}, y {y}", x=int(pixel[0] * size[1]), y=int(pixel[1] * size[0]))
        recording = state.scene.recording
        step = 0 if recording is None else recording.step_of_call(looks.call)
        note = [tr("self-attention"), tr("step {step}", step=step + 1), wording.layers_text(view)]
        if head is not None:
            note.append(tr("head {number}", number=head))
        board.main.set_title(tr("What {place} looks at", place=place), " · ".join(note))
        board.draw_map(
            (looks, chosen, head),
            heat,
            state.scene.display,
            self._picture_size(heat.shape),
            "daam",
            signed=False,
            unit=tr("probability"),
        )

    def _steps(self, view: AttentionView) -> str:
        state = self.state
        calls = view.question.calls or ()
        recording = None if state is None else state.scene.recording
        if recording is None:
            return ""
        ends = (calls[0], calls[-1]) if calls else (0, max(view.question.upto - 1, 0))
        return wording.steps_text(view, [recording.step_of_call(call) for call in ends])

    def _picture_size(self, latent: Sequence[int]) -> tuple[int, int]:
        picture = self._sources.picture
        if picture is not None:
            return picture.shape[0], picture.shape[1]
        return latent[0] * 8, latent[1] * 8

    # -- small maps ------------------------------------------------------------------------

    def draw_tiles(self) -> None:
        """Draw the small maps of the chosen kind."""
        state, view = self.state, self._sources.view
        side = self._board.side
        if state is None or view is None:
            self.tile_keys = ()
            side.say(" ")
            return
        mode, display = state.wishes.mode, state.scene.display
        if mode == "words":
            self._draw_words(state, view)
        elif mode == "self":
            self._draw_self(state)
        elif self._sources.tiles_error is not None:
            side.say(describe(self._sources.tiles_error).text)
        elif state.key not in view.keys:
            side.say(tr("No map of this word yet."))
        elif (tiles := self._sources.tiles) is not None and tiles.mode == mode:
            chosen: Any = state.scene.selection.head if mode == "heads" else None
            if mode == "layers" and state.scene.selection.layer is not None:
                found = paths.selected(view.grids, state.scene.selection.layer)
                chosen = found[0] if len(found) == 1 else None
            self.tile_keys = tiles.keys
            caption = short(tiles.about) if tiles.about else ""
            self._board.draw_some(tiles, chosen, display, caption)

    def _draw_words(self, state: State, view: AttentionView) -> None:
        places = [
            place
            for place, key in enumerate(view.keys)
            if self._specials(state) or key not in wording.SPECIALS
        ]
        self.tile_keys = tuple(view.keys[place] for place in places)
        chosen = self.tile_keys.index(state.key) if state.key in self.tile_keys else None
        labels = [view.labels[place] for place in places]
        key = (view, len(places))
        self._board.draw_tiles(key, view.maps[places], labels, chosen, display=state.scene.display)

    def _specials(self, state: State) -> bool:
        """Return whether BOS, EOS and padding are shown: on demand, or where there is no word."""
        view = self._sources.view
        return state.wishes.specials or (
            view is not None and not any(key.startswith("word:") for key in view.keys)
        )

    def _draw_self(self, state: State) -> None:
        looks, side = self._sources.looker.looks, self._board.side
        if self._sources.tiles_error is not None:
            side.say(describe(self._sources.tiles_error).text)
        elif state.scene.selection.pixel is None:
            side.say(tr("Click a pixel of the picture to see what it looks at, layer by layer."))
        elif looks is None:
            side.say(tr("The call is repeated to see what the pixel looks at …"))
        else:
            tiles = looks.tiles(state.scene.selection.head)
            self.tile_keys = tiles.keys
            chosen = None
            if state.scene.selection.layer is not None:
                found = paths.selected(tiles.keys, state.scene.selection.layer)
                chosen = found[0] if len(found) == 1 else None
            self._board.draw_some(tiles, chosen, state.scene.display, "")

    # -- ranks -----------------------------------------------------------------------------

    def draw_ranks(self, pixel: Pixel | None) -> None:
        """Rank words at a pixel."""
        state, view = self.state, self._sources.view
        specials = state is not None and self._specials(state)
        keys = (
            ()
            if view is None
            else tuple(key for key in view.keys if specials or key not in wording.SPECIALS)
        )
        self._board.draw_ranks(view, keys, pixel)
        self._board.side.ranks.set_current("" if state is None else state.key)
