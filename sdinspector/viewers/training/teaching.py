"""Drives the page that trains."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sdinspector.app.jobs import FindPicturesJob, TrainJob
from sdinspector.app.naming import new_model_path
from sdinspector.app.texts import tr
from sdinspector.app.viewer import JobHandle, Pixel, Scene, Services
from sdinspector.core import FigureSpec, InspectorError, ModelCard, TrainingSpec, paths
from sdinspector.recording.trainings import Unfinished, is_unfinished, unfinished, work_of
from sdinspector.viewers.training import training_figures
from sdinspector.viewers.training import training_wording as wording
from sdinspector.viewers.training.history import (
    History,
    read_history,
    read_recorded,
    read_samples,
    read_work,
)
from sdinspector.viewers.training.train_page import TrainPage
from sdinspector.widgets.calm import Calm
from sdinspector.widgets.latest import Latest

#: Drawn scenes that are watched beside what is trained on, for the built-in model.
CONTROL = 200
#: Folders of a person's own that are looked into for unfinished trainings.
PLACES = 8


class Teaching:
    """One training at a time; between trainings, a recorded one where that is shown."""

    def __init__(self, services: Services, page: TrainPage) -> None:
        self._services, self._page = services, page
        self._scene = Scene()
        self._history = History()
        self._card: ModelCard | None = None
        self._recorded = ""
        self._mark: int | None = None
        self._finder: JobHandle | None = None
        self._bad = ""
        self._told = False  # how the last training ended is on the screen
        self._result: Any = None
        self._reader = Latest(services, "training/history")
        self._lister = Latest(services, "training/unfinished")
        self._listed = 0
        self._calm = Calm(self._draw, page)
        self._connect()
        self._list()
        self._arrange()

    def _connect(self) -> None:
        control, live, page = self._services.training, self._page.live, self._page
        page.form.place_changed.connect(self._find)
        page.resume_wanted.connect(self._resume)
        page.discard_wanted.connect(control.discard)
        live.begin_wanted.connect(self._begin)
        live.pause_wanted.connect(control.pause)
        live.finish_wanted.connect(control.finish)
        live.use_wanted.connect(self._use)
        live.open_wanted.connect(self._open)
        live.marked.connect(self._marked)
        live.heat_set.connect(lambda _: self._heat())
        control.begun.connect(self._begun)
        control.stepped.connect(self._stepped)
        control.ended.connect(self._ended)
        control.state_changed.connect(self._state_changed)

    # -- the page's contract ---------------------------------------------------------------

    def show(self, scene: Scene) -> None:
        """Follow the open model, and show a recorded training when one is opened."""
        self._scene = scene
        card, recording = scene.model, scene.recording
        if card is not None and card is not self._card:
            builtin = card.source == "shapes"
            if self._card is None or builtin != (self._card.source == "shapes"):
                self._page.form.control.setValue(CONTROL if builtin else 0)
            self._card = card
            unet = next((part for part in card.root.children if part.path == "unet"), None)
            self._page.form.set_parameters(0 if unet is None else unet.parameters)
            self._arrange()
        shown = "" if recording is None else recording.id
        if shown == self._recorded:
            return
        self._recorded = shown
        if recording is None or recording.kind != "training" or self._services.training.active:
            return
        self._reader.ask(shown, shown, read_history, recording, on_result=self._take_recorded)

    def hover(self, pixel: Pixel | None) -> None:
        """There are no maps here."""

    def figures(self, scene: Scene) -> list[FigureSpec]:  # noqa: ARG002
        """Return the curves, the gradients and the pictures on the way."""
        return training_figures.of_training(self._history)

    def close(self) -> None:
        """Drop what is being read; a training that goes keeps its state when the thread ends."""
        self._calm.stop()
        self._reader.forget()
        self._lister.forget()
        if self._finder is not None:
            self._finder.cancel()

    # -- beginning -------------------------------------------------------------------------

    def _find(self) -> None:
        form = self._page.form
        self._bad, self._told = "", False
        if not form.place:
            form.set_found("")
            self._arrange()
            return

        def take(found: Any) -> None:
            form.set_found(wording.found(found.count, found.source, found.remarks))
            self._arrange()

        def refuse(error: Exception) -> None:
            self._bad = _text(error)
            form.set_found(self._bad, bad=True)
            self._arrange()

        job = FindPicturesJob(place=form.place, caption=form.caption)
        self._finder = self._services.submit(job, take, refuse)

    def _begin(self) -> None:
        form = self._page.form
        place = form.place
        try:
            spec = form.spec()
            spec.validate()
            named = Path(place).name if place and ":" not in place else "shapes"
            out = form.out or new_model_path(named)
            if is_unfinished(out):
                raise InspectorError(
                    "training.unfinished",
                    f"A training for {out} was not finished. Go on with it or discard it above, "
                    "or choose another folder.",
                    path=str(out),
                )
        except InspectorError as error:
            self._services.report(error)
            return
        job = TrainJob(
            spec=spec,
            place=place,
            caption=form.caption,
            out=out,
            control=form.control.value(),
            resume=False,
        )
        self._history = History(prompts=spec.prompts, total=spec.steps)
        self._remember(out.parent)
        self._services.training.begin(job)

    def _remember(self, folder: Path) -> None:
        """Look here too for unfinished trainings."""
        settings = self._services.settings
        known: list[str] = settings.of_viewer("training", "places", [])
        places = [str(folder), *(place for place in known if place != str(folder))]
        settings.keep_for_viewer("training", "places", places[:PLACES])

    def _resume(self, known: Unfinished) -> None:
        spec = TrainingSpec.from_json(known.settings)
        form = self._page.form
        form.set_spec(spec)
        form.set_place(known.place, known.caption)
        form.control.setValue(known.control)
        job = TrainJob(
            spec=spec,
            place=known.place,
            caption=known.caption,
            out=known.out,
            control=known.control,
        )
        self._history = History(prompts=spec.prompts, total=spec.steps)
        work = work_of(known.out)
        self._reader.ask(work, work, read_work, work, spec, on_result=self._take_known)
        self._services.training.go_on(known, job)

    def _take_known(self, known: History) -> None:
        """Put what was before in front of what came meanwhile."""
        now = self._history
        if now.steps:
            known.cut(now.steps[0])
        for name in ("steps", "loss", "smoothed", "rates", "gradients"):
            getattr(known, name).extend(getattr(now, name))
        known.samples |= now.samples
        self._history = known
        self._draw()

    # -- while it goes ---------------------------------------------------------------------

    def _begun(self, _: TrainJob) -> None:
        self._mark, self._result = None, None
        self._page.set_unfinished((), usable=False)
        live = self._page.live
        live.loss.set_marker(None)
        live.rate.set_marker(None)
        live.set_result("")
        self._draw()

    def _stepped(self, step: Any) -> None:
        if step.samples:
            self._services.read(
                f"training/samples-{step.done}",
                read_samples,
                step.samples,
                on_result=self._take_samples,
                on_error=lambda _: None,  # it has ended meanwhile, and they are in its recording
            )
        self._history.take(step)
        if self._services.training.state == "training":
            self._page.live.set_status(wording.progress(step))
        self._calm.ask()

    def _take_samples(self, pictures: dict[tuple[int, int], Any]) -> None:
        self._history.samples |= pictures
        self._calm.ask()

    def _ended(self, how: str, value: Any) -> None:
        live = self._page.live
        self._told = True
        self._draw()
        if how == "done":
            self._result = value
            live.set_status(tr("Trained."))
            live.set_result(
                wording.result(
                    value.steps,
                    value.before,
                    value.after,
                    value.control_before,
                    value.control_after,
                ),
                str(value.out),
                usable=True,
                recorded=value.recording is not None,
            )
            self._page.form.result.clear()
            if value.recording is not None:
                path = Path(value.recording)
                self._reader.ask(path, path, read_recorded, path, on_result=self._take_whole)
        elif how == "failed":
            live.set_status(_text(value), bad=True)
            self._services.report(value)
        else:
            live.set_status(tr("Paused; the state is kept, and the model is free for other work."))
        self._list()
        self._arrange()

    def _state_changed(self) -> None:
        state, live = self._services.training.state, self._page.live
        if state == "preparing":
            live.set_status(tr("Encoding pictures and captions, taking the loss before …"))
        elif state == "pausing":
            live.set_status(tr("Pausing after this step …"))
        elif state == "finishing":
            live.set_status(tr("Writing the result …"))
        elif state == "idle":
            self._list()
        self._arrange()

    # -- drawing ---------------------------------------------------------------------------

    def _draw(self) -> None:
        self._page.live.set_history(self._history)
        self._heat()

    def _marked(self, place: int | None) -> None:
        self._mark = place
        self._heat()

    def _heat(self) -> None:
        """Show the gradients of the marked step, or of the newest, in the module tree."""
        rows, control = self._history.gradients, self._services.training
        if not rows or not self._page.live.heat.isChecked():
            control.show_gradients({})
            return
        place = len(rows) - 1 if self._mark is None else min(self._mark, len(rows) - 1)
        control.show_gradients(rows[place])

    def _arrange(self) -> None:
        control, form, live = self._services.training, self._page.form, self._page.live
        going = control.active
        why = ""
        if self._card is None:
            why = tr("The model is on its way.")
        elif not form.place:
            why = tr("Choose a folder of pictures first, or let shapes be drawn.")
        elif self._bad:
            why = self._bad
        live.set_buttons(
            begin=not going and not why,
            pause=going and control.state in ("preparing", "training"),
            finish=going and control.state == "training",
            why=why,
        )
        form.set_locked(on=going)
        if not going and not self._told:
            live.set_status(why or tr("Ready to train."))

    def _take_whole(self, history: History) -> None:
        """Show the training that has ended from its recording, with its last pictures."""
        self._history = history
        self._draw()

    def _take_recorded(self, history: History) -> None:
        self._history, self._mark = history, None
        about = history.about
        self._result = None
        live = self._page.live
        self._told = True
        live.set_status(tr("A recorded training."))
        out = Path(str(about.get("out", "")))
        live.set_result(
            wording.result(
                int(about.get("steps", len(history.steps))),
                float(about.get("before", 0.0)),
                float(about.get("after", 0.0)),
                about.get("control_before"),
                about.get("control_after"),
            ),
            str(out),
            usable=bool(about.get("out")),
        )
        self._draw()

    # -- afterwards ------------------------------------------------------------------------

    def _use(self) -> None:
        result = self._result
        out = result.out if result is not None else self._history.about.get("out")
        if out:
            self._services.training.use(Path(out))

    def _open(self) -> None:
        if self._result is not None and self._result.recording is not None:
            self._services.open_recording(Path(self._result.recording))

    def _list(self) -> None:
        """Look for trainings to go on with."""
        self._listed += 1
        try:
            folder = paths.trained()
        except InspectorError as error:
            self._services.report(error)
            return
        others: list[str] = self._services.settings.of_viewer("training", "places", [])
        folders = [folder, *(Path(place) for place in others if place)]
        self._lister.ask("", self._listed, _unfinished, folders, on_result=self._take_unfinished)

    def _take_unfinished(self, trainings: list[Unfinished]) -> None:
        going = self._services.training.active
        self._page.set_unfinished([] if going else trainings, usable=not going)


def _unfinished(folders: list[Path]) -> list[Unfinished]:
    return [one for folder in dict.fromkeys(folders) for one in unfinished(folder)]


def _text(error: Exception) -> str:
    from sdinspector.app.messages import describe

    return describe(error).text
