"""Tabs give up icons and gaps before any of them is out of sight."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel

from sdinspector.app import theme
from sdinspector.app.shell.tabs import WAYS, ViewTabs

NAMES = ("Picture", "UNet", "Attention", "Activations", "Latents", "Guidance")


@pytest.fixture
def tabs(qtbot, dressed):
    widget = ViewTabs()
    qtbot.addWidget(widget)
    for name in NAMES:
        widget.addTab(QLabel(name), theme.icon("picture"), name)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def last_edge(tabs):
    return tabs.tabBar().tabRect(len(NAMES) - 1).right()


def icons(tabs):
    return [not tabs.tabIcon(place).isNull() for place in range(len(NAMES))]


def test_with_room_tabs_have_icons(tabs):
    tabs.resize(1400, 300)
    assert all(icons(tabs))
    assert last_edge(tabs) < 1400


@pytest.mark.parametrize("way", range(1, len(WAYS)))
def test_with_less_room_they_are_narrower_and_all_in_sight(tabs, way):
    tabs.resize(1400, 300)
    width = tabs._widths[way] + 2  # just what this way takes
    assert tabs._widths[way] < tabs._widths[way - 1]
    tabs.resize(width, 300)
    assert last_edge(tabs) <= width
    assert all(icons(tabs)) is WAYS[way][1]


def test_icons_come_back_with_the_room_also_in_another_theme(tabs):
    tabs.resize(tabs._widths[-1] + 2, 300)
    assert not any(icons(tabs))
    for place in range(len(NAMES)):
        tabs.setTabIcon(place, theme.icon("vae"))
    assert not any(icons(tabs))
    tabs.resize(1400, 300)
    assert all(icons(tabs))
