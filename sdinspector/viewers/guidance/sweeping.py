"""Runs a sweep on the model's thread and fills its page."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdinspector.app.jobs import SweepJob
from sdinspector.app.naming import new_path
from sdinspector.app.texts import tr
from sdinspector.app.viewer import JobHandle, Services
from sdinspector.viewers.guidance.sweep_page import SweepPage
from sdinspector.viewers.guidance.sweep_pair import Swept
from sdinspector.viewers.guidance.wording import scale_text

if TYPE_CHECKING:
    from sdinspector.recording import Recording


class Sweeping:
    """One sweep at a time, of the recording that is shown when it begins."""

    def __init__(self, services: Services, page: SweepPage) -> None:
        self._services, self._page = services, page
        self._handle: JobHandle | None = None
        self._scales: tuple[float, ...] = ()
        self._seen: list[Path] = []
        page.run_wanted.connect(self._begin)
        page.stop_wanted.connect(self._stop)
        page.opened.connect(services.open_recording)

    @property
    def active(self) -> bool:
        """Whether a sweep waits or goes."""
        return self._handle is not None and self._handle.active

    def close(self) -> None:
        """The viewer is going."""
        if self._handle is not None:
            self._handle.cancel()

    def _begin(self, scales: tuple[float, ...]) -> None:
        recording = self._services.scene.recording
        if recording is None or self.active:
            return
        spec = recording.spec
        edits = tuple(edit for edit in spec.edits if edit.kind != "guidance")
        folder = new_path(f"{spec.prompt} sweep")
        self._scales, self._seen = scales, []
        self._page.begin()
        handle: Any = self._services.submit(
            SweepJob(
                spec=dataclasses.replace(spec, edits=edits, branches="auto"),
                scales=scales,
                folder=folder.with_suffix(""),
            ),
            on_result=lambda _: self._ended(),
            on_error=self._failed,
        )
        handle.on_event = self._advanced
        self._handle = handle
        self._page.set_running(on=True, text=tr("Waiting …"))

    def _advanced(self, event: Any) -> None:
        path = Path(event.path)
        if path not in self._seen:
            self._take_last()
            self._seen.append(path)
        number = min(len(self._seen), len(self._scales))
        self._page.set_running(
            on=True,
            text=tr(
                "s = {scale}: {number} of {count}",
                scale=scale_text(self._scales[number - 1]),
                number=number,
                count=len(self._scales),
            ),
        )

    def _take_last(self) -> None:
        """Show the run that has just come to its end."""
        if not self._seen:
            return
        path, scale = self._seen[-1], self._scales[len(self._seen) - 1]
        self._services.read(
            f"guidance/sweep-{len(self._seen)}",
            _read,
            path,
            on_result=lambda picture: self._page.add(Swept(scale, path, picture)),
        )

    def _stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        self._page.set_running(on=False, text=tr("Stopped; finished runs are kept."))

    def _ended(self) -> None:
        self._take_last()
        self._page.set_running(on=False, text=tr("Kept. Click one to open it."))

    def _failed(self, error: Exception) -> None:
        self._page.set_running(on=False)
        self._services.report(error)


def _read(path: Path) -> Any:
    from sdinspector.recording import Recording

    recording: Recording = Recording.open(path)
    return recording.image()
