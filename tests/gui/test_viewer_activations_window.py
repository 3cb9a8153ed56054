"""The activation viewer and the tree in the real window, on the tiny model: replays and weights."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QTableWidget, QToolButton, QTreeView

from sdinspector.engine import parameters, replay
from sdinspector.viewers.activations import ActivationsViewer
from sdinspector.viewers.architecture import ArchitectureViewer
from sdinspector.widgets.module_model import NAME, PATH_ROLE
from sdinspector.widgets.module_tree import ModuleTree
from sdinspector.widgets.mosaic import Mosaic
from sdinspector.widgets.token_matrix import TokenMatrix


@pytest.fixture
def shown(make_window, tiny_folder, recording, qtbot):
    """A window with the tree and the activations, and a recording of three steps."""
    window = make_window(tiny_folder, viewers=(ArchitectureViewer, ActivationsViewer))
    context = window.context
    qtbot.waitUntil(lambda: context.document.model is not None)
    context.open_recording(recording.path)
    qtbot.waitUntil(lambda: context.scene.recording is not None)
    window.desk.show_viewer("activations")
    return window


def find(window, kind, name):
    return next(
        item for item in window.findChildren(kind) if item.accessibleName().startswith(name)
    )


def press(window, qtbot, name):
    qtbot.mouseClick(find(window, QToolButton, name), Qt.MouseButton.LeftButton)


def click_in_tree(window, qtbot, path):
    """Open the way to a module by hand, and click on it."""
    view = window.findChild(ModuleTree).findChild(QTreeView)
    model, index = view.model(), None
    parts = path.split(".")
    for count in range(1, len(parts) + 1):
        wanted = ".".join(parts[:count])
        parent = index or view.rootIndex()
        rows = (model.index(row, NAME, parent) for row in range(model.rowCount(parent)))
        index = next(item for item in rows if item.data(PATH_ROLE) == wanted)
        if count < len(parts):
            view.expand(index)
    view.scrollTo(index)
    place = view.visualRect(index).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def maps(window):
    found = find(window, Mosaic, "Channels").maps
    return None if found is None else np.asarray(found)


def same(found, wanted):
    return found is not None and found.shape == wanted.shape and np.array_equal(found, wanted)


def test_a_module_chosen_in_the_tree_is_replayed_and_shows_its_channels(
    shown, tiny_model, recording, qtbot
):
    calls = ((1, "mid_block.resnets.0"), (1, "down_blocks.0.resnets.0.conv1"), (2, None))
    for call, path in calls:
        shown.context.select(call=call)
        if path is not None:
            click_in_tree(shown, qtbot, f"unet.{path}")
            assert shown.context.selection.state.layer == f"unet.{path}"
            name = f"activation/{path}"
        wanted = replay(tiny_model, recording, call, [name])[name]
        qtbot.waitUntil(lambda wanted=wanted: same(maps(shown), wanted[1]))
        assert "replayed, exact" in find(shown, QLabel, "Step and origin").text()


def test_the_text_encoder_shows_its_tokens_and_the_vae_its_maps(shown, qtbot):
    shown.context.select(layer="text_encoder.encoder.layers.0")
    matrix = find(shown, TokenMatrix, "Tokens and channels")
    qtbot.waitUntil(lambda: matrix.values is not None and matrix.values.shape == (77, 16))
    assert "same at every step" in find(shown, QLabel, "Step and origin").text()
    shown.context.select(layer="vae.decoder.conv_in")
    qtbot.waitUntil(lambda: maps(shown) is not None and maps(shown).shape[1:] == (8, 8))
    assert "final latent" in find(shown, QLabel, "Step and origin").text()
    assert not find(shown, QToolButton, "Branch: uncond").isEnabled()


def test_kernels_and_matrices_are_the_models_own_and_their_absence_is_told(
    shown, tiny_model, qtbot
):
    path = "unet.down_blocks.0.resnets.0.conv1"
    shown.context.select(layer=path, channel=3)
    press(shown, qtbot, "What to see of the module: Parameters")
    wanted = tiny_model.pipeline.unet.get_submodule(path[5:]).weight.detach().numpy()
    kernels = find(shown, Mosaic, "Kernels of the convolution")
    qtbot.waitUntil(lambda: same(kernels.maps, wanted[3]))
    press(shown, qtbot, "Kernels: all")
    qtbot.waitUntil(lambda: same(kernels.maps, wanted.reshape(-1, 3, 3)))
    table = find(shown, QTableWidget, "Parameter tensors")
    shown_names = [table.item(row, 0).text() for row in range(table.rowCount())]
    assert shown_names == [item.name for item in parameters(tiny_model, path).items]
    shown.context.select(layer="unet.mid_block.attentions.0.transformer_blocks.0.attn2.to_k")
    matrix = find(shown, TokenMatrix, "Weight matrix")
    weight = tiny_model.pipeline.unet.get_submodule(
        "mid_block.attentions.0.transformer_blocks.0.attn2.to_k"
    ).weight
    qtbot.waitUntil(lambda: same(matrix.image, weight.detach().numpy()))
    shown.context.select(layer="unet.conv_act")
    total = find(shown, QLabel, "Number of parameters")
    qtbot.waitUntil(lambda: "nothing in it is learned" in total.text())
