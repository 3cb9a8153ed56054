"""The module tree and the drawing of the U."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QModelIndex, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLabel, QLineEdit, QTreeView

from sdinspector.widgets.heat import Heat
from sdinspector.widgets.module_model import (
    HEAT,
    NAME,
    PATH_ROLE,
    SHAPE,
    ModuleModel,
    ModuleSearch,
    short_count,
)
from sdinspector.widgets.module_tree import ModuleTree
from sdinspector.widgets.u_diagram import UDiagram
from sdinspector.widgets.u_layout import lay_out
from sdinspector.widgets.u_parts import Metrics, short_class
from tests.gui.samples import card

ATTENTION = "unet.up_blocks.1.attentions.1.transformer_blocks.0.attn2"


@pytest.fixture
def tree(qtbot, dressed):
    widget = ModuleTree()
    qtbot.addWidget(widget)
    widget.resize(500, 600)
    widget.set_root(card().root)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.fixture
def view(tree):
    return tree.findChild(QTreeView)


def test_columns_use_the_room(tree, view, qtbot):
    tree.set_heat(Heat("|x|", {}))
    header = view.header()
    for width, all_seen in ((270, False), (640, True), (900, True)):
        tree.resize(width, 600)
        room = view.viewport().width()
        qtbot.waitUntil(lambda room=room: view.columnWidth(NAME) + view.columnWidth(HEAT) <= room)
        last = header.sectionViewportPosition(SHAPE) + header.sectionSize(SHAPE)
        assert (last <= room) is all_seen
    tree.resize(270, 600)
    assert view.columnWidth(NAME) + view.columnWidth(HEAT) == view.viewport().width()
    tree.set_heat(None)
    assert view.columnWidth(NAME) == view.viewport().width()


def visible(view):
    """Return the paths of all rows that can be scrolled to."""
    paths = []

    def walk(parent):
        for row in range(view.model().rowCount(parent)):
            index = view.model().index(row, 0, parent)
            paths.append(index.data(PATH_ROLE))
            if view.isExpanded(index):
                walk(index)

    walk(QModelIndex())
    return paths


def search(tree, qtbot, text):
    line = tree.findChild(QLineEdit)
    line.clear()
    qtbot.keyClicks(line, text)
    qtbot.waitUntil(lambda: not tree._delay.isActive())


def test_model_and_search_keep_the_rules_of_item_models(dressed):
    model, proxy = ModuleModel(), ModuleSearch()
    proxy.setSourceModel(model)
    testers = [
        QAbstractItemModelTester(item, QAbstractItemModelTester.FailureReportingMode.Fatal)
        for item in (model, proxy)
    ]
    for root in (card().root, card(levels=2).root, None):
        model.set_root(root)
        for text in ("attn2", "nothing is called so", ""):
            proxy.search(text, root)
    assert len(testers) == 2


def test_children_are_made_only_when_they_are_asked_for(dressed):
    model = ModuleModel()
    model.set_root(card().root)
    unet = model.index(1, 0)
    assert model.hasChildren(unet)
    assert model.rowCount(unet) > 0
    assert unet.internalPointer()._children is None


def test_every_node_is_found_by_its_path(dressed):
    model = ModuleModel()
    root = card().root
    model.set_root(root)
    for info in itertools.islice(root.walk(), 1, None):
        assert model.index_of(info.path).data(PATH_ROLE) == info.path
    assert not model.index_of("unet.no.such").isValid()
    assert not model.index_of("").isValid()


def test_columns_say_name_class_parameters_and_shape(dressed):
    model = ModuleModel()
    model.set_root(card().root)
    index = model.index_of("unet.conv_in")
    row = [index.siblingAtColumn(column).data() for column in range(4)]
    assert row == ["conv_in", "Conv2d", "300", "8 × 16 × 16"]


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (999, "999"), (1280, "1.28 k"), (859_520_964, "859.5 M"), (2_567_463_684, "2.57 G")],
)
def test_parameter_counts_are_short(count, text):
    assert short_count(count) == text


def test_typing_narrows_the_tree_to_what_matches_and_opens_the_way(tree, view, qtbot):
    search(tree, qtbot, "up attn2")
    shown = visible(view)
    assert ATTENTION in shown
    assert not any(path.startswith(("vae", "text_encoder", "unet.down")) for path in shown)
    assert tree.findChild(QLabel).text() == "6 found"


def test_kinds_and_classes_are_searched_too(tree, view, qtbot):
    search(tree, qtbot, "cross attention")
    assert ATTENTION in visible(view)
    search(tree, qtbot, "resnetblock")
    assert "unet.mid_block.resnets.0" in visible(view)


def test_a_search_without_a_match_says_what_to_try(tree, view, qtbot):
    search(tree, qtbot, "zebra")
    assert visible(view) == []
    assert "Nothing found" in tree.findChild(QLabel).text()


def test_escape_brings_everything_back(tree, view, qtbot):
    before = visible(view)
    search(tree, qtbot, "vae")
    qtbot.keyClick(tree.findChild(QLineEdit), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not tree._delay.isActive())
    assert set(before) <= set(visible(view))


def test_return_goes_to_the_first_match(tree, qtbot):
    search(tree, qtbot, "mid attn2")
    with qtbot.waitSignal(tree.chosen) as told:
        qtbot.keyClick(tree.findChild(QLineEdit), Qt.Key.Key_Return)
    assert told.args == ["unet.mid_block.attentions.0.transformer_blocks.0.attn2"]


def test_a_click_chooses_a_module(tree, view, qtbot):
    index = view.model().index(2, 0)
    with qtbot.waitSignal(tree.chosen) as told:
        qtbot.mouseClick(
            view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center()
        )
    assert told.args == ["vae"]


def test_keys_walk_and_open_the_tree(tree, view, qtbot):
    tree.set_path("vae")
    told = []
    tree.chosen.connect(told.append)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert told == ["vae.encoder"]


def test_a_module_chosen_elsewhere_is_opened_and_shown_and_tells_nobody(tree, view):
    told = []
    tree.chosen.connect(told.append)
    tree.set_path(ATTENTION)
    current = view.currentIndex()
    assert current.data(PATH_ROLE) == ATTENTION
    assert view.viewport().rect().contains(view.visualRect(current).center())
    tree.set_path(None)
    assert told == []


def test_a_module_that_the_search_hides_is_shown_all_the_same(tree, view, qtbot):
    search(tree, qtbot, "vae")
    tree.set_path(ATTENTION)
    assert view.currentIndex().data(PATH_ROLE) == ATTENTION


def test_the_path_can_be_copied(tree, view, qtbot):
    tree.set_path(ATTENTION)
    tree.copy_path()
    assert QGuiApplication.clipboard().text() == ATTENTION


def test_another_model_replaces_the_tree(tree, view):
    tree.set_path(ATTENTION)
    tree.set_root(card(levels=2).root)
    assert tree.path is None
    tree.set_root(None)
    assert visible(view) == []


# -- the U -----------------------------------------------------------------------------------


@pytest.fixture
def diagram(qtbot, dressed):
    widget = UDiagram()
    qtbot.addWidget(widget)
    widget.set_card(card())
    widget.resize(900, 480)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def box(diagram, path):
    return next(item for item in diagram.drawing.boxes if item.path == path)


def click(qtbot, diagram, path):
    place = box(diagram, path).rect.center()
    inner = [b for b in diagram.drawing.boxes if b.rect.contains(place)]
    if inner[-1].path != path:  # a layer lies in the middle of its block
        place = box(diagram, path).rect.topLeft() + QPointF(6, 6)
    qtbot.mouseClick(diagram, Qt.MouseButton.LeftButton, pos=place.toPoint())


@pytest.mark.parametrize("levels", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("size", [(0, 0), (900, 480), (2200, 1200)])
def test_blocks_lie_apart_and_within_the_drawing(levels, size):
    drawing = lay_out(card(levels=levels), *size, Metrics())
    blocks = [b for b in drawing.boxes if b.kind in ("block", "text", "sampler", "convolution")]
    assert len([b for b in blocks if b.kind == "block"]) == 2 * levels + 1
    for first, second in itertools.combinations(blocks, 2):
        assert not first.rect.intersects(second.rect), (first.path, second.path)
    for item in drawing.boxes:
        assert item.rect.left() >= 0
        assert item.rect.right() <= drawing.width
        assert item.rect.bottom() <= drawing.height


def test_the_drawing_goes_down_on_the_left_and_up_on_the_right():
    drawing = lay_out(card(levels=3), 900, 480, Metrics())
    rects = {b.path: b.rect for b in drawing.boxes}
    down = [rects[f"unet.down_blocks.{n}"] for n in range(3)]
    up = [rects[f"unet.up_blocks.{n}"] for n in range(3)]
    middle = rects["unet.mid_block"]
    for n in range(2):
        assert down[n].top() < down[n + 1].top() < middle.top()
        assert down[n].left() < down[n + 1].left()
        assert up[n].top() > up[n + 1].top()
        assert up[n].right() < up[n + 1].right()
    for left, right in zip(down, reversed(up), strict=True):
        assert left.top() == right.top()
        assert left.right() < right.left()


@pytest.mark.parametrize("levels", [1, 2, 3, 4])
def test_every_skip_connection_is_an_arc_between_its_layers(levels):
    model = card(levels=levels)
    drawing = lay_out(model, 900, 480, Metrics())
    drawn = sorted((skip.source, skip.target) for skip in drawing.skips)
    assert drawn == sorted((skip.source, skip.target) for skip in model.skips)
    rects = {b.path: b.rect for b in drawing.boxes}
    for skip in drawing.skips:
        assert skip.points[0].x() == rects[skip.source].center().x()
        assert skip.points[-1].x() == rects[skip.target].center().x()


def test_blocks_say_class_channels_and_resolution(diagram):
    item = box(diagram, "unet.down_blocks.1")
    assert item.title == "CrossAttnDown 1"
    assert item.note == "16 ch · 8 × 8"
    assert short_class("UNetMidBlock2DCrossAttn") == "CrossAttnMid"


def test_skip_shapes_are_written_once_with_their_number(diagram):
    texts = [label.text for label in diagram.drawing.labels]
    assert "3 ×  8 × 16 × 16" in texts
    assert "2 ×  16 × 8 × 8" in texts


def test_cross_attention_is_marked_where_the_text_feeds_in(diagram):
    assert box(diagram, "unet.down_blocks.0").crosses
    assert not box(diagram, "unet.down_blocks.2").crosses
    crossing = [b for b in diagram.drawing.boxes if b.crosses and b.kind == "block"]
    assert len(diagram.drawing.feeds) >= len(crossing)


@pytest.mark.parametrize(
    "path",
    [
        "unet.down_blocks.0",
        "unet.down_blocks.1.attentions.1",
        "unet.up_blocks.2.resnets.0",
        "unet.down_blocks.0.downsamplers.0",
        "unet.mid_block",
        "unet.time_embedding",
        "text_encoder",
        "vae.decoder",
    ],
)
def test_a_click_chooses_the_part_under_it(diagram, qtbot, path):
    with qtbot.waitSignal(diagram.chosen) as told:
        click(qtbot, diagram, path)
    assert told.args == [path]


def test_pointing_names_the_part(diagram, qtbot):
    with qtbot.waitSignal(diagram.pointed) as told:
        qtbot.mouseMove(diagram, box(diagram, "vae.decoder").rect.center().toPoint())
    assert told.args == ["vae.decoder"]


def test_arrow_keys_reach_every_part(diagram, qtbot):
    told = ["unet.down_blocks.0"]
    diagram.set_path(told[0])
    diagram.chosen.connect(told.append)
    parts = {b.path for b in diagram.drawing.boxes if b.path}
    reached, edge = set(told), list(told)
    while edge:
        path = edge.pop()
        for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            diagram.set_path(path)
            told.clear()
            qtbot.keyClick(diagram, key)
            for new in set(told) - reached:
                reached.add(new)
                edge.append(new)
    assert reached == parts


def test_a_module_within_a_layer_lights_up_the_layer(diagram):
    diagram.set_path(ATTENTION)
    assert diagram.drawing.find(ATTENTION).path == "unet.up_blocks.1.attentions.1"
    assert "attentions.1" in diagram.accessibleDescription()
    assert diagram.drawing.find("unet.conv_norm_out") is None


def test_larger_windows_get_larger_type(diagram):
    before = box(diagram, "unet.mid_block").rect.height()
    diagram.resize(1900, 1100)
    assert box(diagram, "unet.mid_block").rect.height() > 1.3 * before


def test_a_model_without_a_u_draws_nothing(diagram):
    diagram.set_card(None)
    assert diagram.drawing.boxes == ()
    diagram.grab()
