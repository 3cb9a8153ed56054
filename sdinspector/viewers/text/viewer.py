"""The text viewer: type, and see tokens, vectors, angles and attention before any run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from sdinspector.app.jobs import TextJob
from sdinspector.app.number_box import WholeBox
from sdinspector.app.texts import mark, tr
from sdinspector.app.viewer import JobHandle, Scene, Services, Viewer
from sdinspector.core import FigureSpec
from sdinspector.viewers.text import figures, wording
from sdinspector.viewers.text.pages import (
    AnglesPage,
    AttentionPage,
    EmbeddingPage,
    NeighboursPage,
)
from sdinspector.widgets import look
from sdinspector.widgets.export_button import save_figures
from sdinspector.widgets.token_strip import TokenStrip
from sdinspector.widgets.toolbar import Toolbar

if TYPE_CHECKING:
    from sdinspector.core.text_states import TextStates

#: Milliseconds after the last key until the encoder is asked.
REST = 120
#: Neighbours of each token; the first is the token itself.
NEAR = 7


class TextViewer(Viewer):
    """A prompt of one's own in the text encoder; no run is needed."""

    id = "text"
    title = mark("Text")
    description = mark("Tokenizer and text encoder: tokens, embeddings, attention, neighbours")
    icon = "text"
    shortcut = "Ctrl+7"
    place = "centre"
    order = 70
    kinds = ("text",)

    # -- making it -------------------------------------------------------------------------

    def build(self, services: Services, parent: QWidget | None) -> QWidget:
        """Make the fields, the chips and the pages."""
        self._services = services
        self._scene = Scene()
        self._model: object = None
        self._found: TextStates | None = None
        self._second: TextStates | None = None
        self._handles: dict[str, JobHandle] = {}
        self._typed = False
        page = QWidget(parent)
        self._page = page
        self._prompt = _field(tr("Prompt to encode"), tr("Any text; encoded as you type"))
        self._other = _field(
            tr("Compare with"), tr("Another text, to be compared token by token; empty for none")
        )
        self._skip = WholeBox()
        self._skip.setRange(0, 0)
        self._skip.setAccessibleName(tr("Clip skip"))
        self._skip.setToolTip(tr("How many of the last layers are left out"))
        self._skip.setFixedWidth(58)
        self._strip = TokenStrip(page)
        self._shapes = QLabel(page)
        self._shapes.setProperty("role", "muted")
        self._shapes.setAccessibleName(tr("Shapes"))
        self._shapes.setWordWrap(True)
        self._help = QLabel(wording.explanation(), page)
        self._help.setWordWrap(True)
        self._help.hide()
        self._timer = QTimer(page)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST)
        self._embedding = EmbeddingPage(page)
        self._angles = AnglesPage(page)
        self._attention = AttentionPage(page)
        self._neighbours = NeighboursPage(page)
        self._pages: dict[str, QWidget] = {
            "embedding": self._embedding,
            "angles": self._angles,
            "attention": self._attention,
            "neighbours": self._neighbours,
        }
        self._lay_out()
        self._connect()
        return page

    def _lay_out(self) -> None:
        fields = QHBoxLayout()
        fields.setSpacing(2 * look.GAP)
        for text, widget, stretch in (
            (tr("Prompt"), self._prompt, 3),
            (tr("Compare with"), self._other, 2),
            (tr("Clip skip"), self._skip, 0),
        ):
            label = QLabel(text)
            label.setBuddy(widget)
            fields.addWidget(label)
            fields.addWidget(widget, stretch)
        self._bar = Toolbar(self._page)
        self._choice = self._bar.add_choice(
            tr("Page"),
            [
                ("embedding", tr("Embedding"), tr("The vectors as colours, at any depth")),
                ("angles", tr("Angles"), tr("Cosine between tokens, or with another prompt's")),
                ("attention", tr("Attention"), tr("Which tokens hear which, inside the encoder")),
                ("neighbours", tr("Tokens"), tr("Ids, pieces, and the nearest entries")),
            ],
        )
        self._bar.add_stretch()
        self._explain = self._bar.add_button(
            "help", tr("Explain"), tr("What is seen here"), checkable=True
        )
        self._save = self._bar.add_button("export", tr("Save"), tr("Save what is shown"))
        self._choice.set_current("embedding")
        self._stack = QStackedLayout()
        for part in self._pages.values():
            self._stack.addWidget(part)
        box = QVBoxLayout(self._page)
        box.setContentsMargins(3 * look.GAP, 2 * look.GAP, 3 * look.GAP, 2 * look.GAP)
        box.setSpacing(2 * look.GAP)
        box.addLayout(fields)
        box.addWidget(self._strip)
        box.addWidget(self._shapes)
        box.addWidget(self._bar)
        box.addWidget(self._help)
        box.addLayout(self._stack, 1)

    def _connect(self) -> None:
        self._choice.chosen.connect(lambda key: self._stack.setCurrentWidget(self._pages[key]))
        self._prompt.textEdited.connect(self._edited)
        self._other.textEdited.connect(lambda _: self._timer.start())
        self._skip.valueChanged.connect(lambda _: self._timer.start())
        self._timer.timeout.connect(self._ask)
        self._explain.toggled.connect(self._help.setVisible)
        self._save.clicked.connect(
            lambda: save_figures(self.figures(self._scene), self._services, self._page)
        )
        self._strip.word_clicked.connect(lambda word: self._services.select(word=word))

    # -- the viewer's contract -------------------------------------------------------------

    def empty(self, scene: Scene) -> str | None:
        """Return why nothing is shown: only a model is needed."""
        return None if scene.model is not None else tr("The model is on its way.")

    def show(self, scene: Scene) -> None:
        """Show the prompt of the recording until a person types another."""
        before, self._scene = self._scene, scene
        self._strip.set_word(scene.selection.word)
        if not self._typed:
            recording = scene.recording
            prompt = recording.spec.prompt if recording is not None else self._prompt.text()
            if not prompt:
                prompt = (self._services.settings["spec"] or {}).get("prompt", "")
            if prompt != self._prompt.text():
                self._prompt.setText(prompt)
                self._prompt.setCursorPosition(0)
                self._timer.start()
        model = scene.model.digest if scene.model is not None else None
        if model != self._model:
            self._model = model
            self._found = self._second = None
            self._ask()
        elif before.display != scene.display:
            self._draw()

    def figures(self, scene: Scene) -> list[FigureSpec]:
        """Return what the page in front shows, and all numbers."""
        if self._found is None:
            return []
        page = self._pages[self._choice.current]
        return figures.of_page(self._choice.current, page, self._found, scene.display)

    def close(self) -> None:
        """Drop what is being encoded."""
        self._timer.stop()
        for handle in self._handles.values():
            handle.cancel()

    # -- asking and drawing ----------------------------------------------------------------

    def _edited(self, *_: object) -> None:
        self._typed = True
        self._timer.start()

    def _ask(self) -> None:
        if self._scene.model is None:
            return
        job = TextJob(text=self._prompt.text(), clip_skip=self._skip.value(), near=NEAR)
        self._handles["first"] = self._services.submit(job, self._take)
        if self._other.text():
            other = replace(job, text=self._other.text(), near=0, slot="text/other")
            self._handles["second"] = self._services.submit(other, self._take_second)
        else:
            self._second = None

    def _take(self, found: TextStates) -> None:
        self._found = found
        self._skip.setMaximum(max(0, len(found.attention) - 1))
        self._draw()

    def _take_second(self, found: TextStates) -> None:
        self._second = found if self._other.text() else None
        self._draw()

    def _draw(self) -> None:
        found, display = self._found, self._scene.display
        if found is None:
            return
        self._strip.set_tokens(found.tokens, found.cut)
        self._shapes.setText(wording.shapes(found))
        self._embedding.set_states(found, display.diverging_map)
        self._angles.set_states(found, self._second, display.diverging_map)
        self._attention.set_states(found, display.colour_map)
        self._neighbours.set_states(found)


def _field(name: str, tip: str) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    field.setToolTip(tip)
    field.setClearButtonEnabled(True)
    return field
