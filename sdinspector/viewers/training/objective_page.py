"""The widgets of the page of the objective, laid out."""

from __future__ import annotations

from sdinspector.widgets.drop_page import DropPage


class ObjectivePage(DropPage):
    """Where the picture comes from above, the maps at the left, the curve at the right."""
