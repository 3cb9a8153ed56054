"""Cyclic garbage collection on the GUI thread alone.

Python collects cycles on whatever thread happens to allocate. Where a dead widget, a file watcher
or a timer is part of such a cycle, Qt then destroys it on the wrong thread: the event loop keeps a
socket notifier of a descriptor that is closed, or the program crashes. So while the window lives,
automatic collection is off, and a timer collects where Qt objects may be destroyed.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

#: Milliseconds between two looks at the counts of new objects.
INTERVAL = 500
#: The oldest generation is gone over when this part of it is new, as the interpreter does.
PART = 4


class GarbageCollector(QObject):
    """Collects on the thread that it lives on, the GUI thread, for as long as it is not stopped.

    Several may live at once; the interpreter's own collection returns with the end of the last.
    """

    _living = 0
    _was_enabled = True

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        if GarbageCollector._living == 0:
            GarbageCollector._was_enabled = gc.isenabled()
            gc.disable()
        GarbageCollector._living += 1
        self._stopped = False
        self._kept = 0
        self._survived = 0
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    @Slot()
    def look(self) -> None:
        """Collect a generation whose count of new objects is over the interpreter's threshold."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        if counts[0] <= thresholds[0]:
            return
        if counts[1] <= thresholds[1]:
            gc.collect(0)
        elif counts[2] <= thresholds[2] or self._survived * PART < self._kept:
            before = len(gc.get_objects(generation=1))
            gc.collect(1)
            self._survived += before
        else:
            self.collect()

    @Slot()
    def collect(self) -> None:
        """Collect everything, here and now."""
        gc.collect()
        self._survived, self._kept = 0, len(gc.get_objects(generation=2))

    def stop(self) -> None:
        """End it; safe to call twice."""
        if self._stopped:
            return
        self._stopped = True
        self._timer.stop()
        GarbageCollector._living -= 1
        if GarbageCollector._living == 0 and GarbageCollector._was_enabled:
            gc.enable()
