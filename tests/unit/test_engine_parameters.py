"""What a module has learned, as numbers a person can look at."""

from __future__ import annotations

import numpy as np
import pytest

from sdinspector.core import InspectorError
from sdinspector.engine import Model, parameters, weights


def test_a_convolution_shows_its_kernels_and_all_its_parameters(tiny_model: Model) -> None:
    conv = tiny_model.pipeline.unet.conv_in
    found = parameters(tiny_model, "unet.conv_in")
    assert [(item.name, item.shape) for item in found.items] == [
        ("weight", (8, 4, 3, 3)),
        ("bias", (8,)),
    ]
    assert (found.class_name, found.count, found.bytes) == ("Conv2d", 296, 1184)
    assert found.items[0].dtype == "float32"
    assert found.kernels is not None
    assert np.array_equal(found.kernels, conv.weight.detach().numpy())
    values = np.concatenate([p.detach().numpy().ravel() for p in (conv.weight, conv.bias)])
    assert found.statistics is not None
    assert found.statistics.mean == pytest.approx(values.mean())
    assert found.statistics.maximum == values.max()
    assert (found.counts.sum(), found.seen) == (296, 296)
    assert len(found.edges) == len(found.counts) + 1


def test_a_linear_layer_is_one_matrix(tiny_model: Model) -> None:
    path = "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k"
    found = parameters(tiny_model, path)
    assert found.path == f"unet.{path}"
    assert found.kernels is not None
    assert found.kernels.shape == (1, 1, 8, 16)
    assert found.kernel_shape == (8, 16)


@pytest.mark.parametrize("path", ["unet", "vae.decoder", "text_encoder", "unet.down_blocks.0"])
def test_a_part_of_the_model_lists_all_below_it(tiny_model: Model, path: str) -> None:
    found = parameters(tiny_model, path)
    node = tiny_model.card.root.find(path)
    assert node is not None
    assert (found.count, found.bytes) == (node.parameters, node.bytes)
    assert found.kernels is None
    assert all(item.count == np.prod(item.shape) for item in found.items)


def test_a_module_without_parameters_has_none(tiny_model: Model) -> None:
    found = parameters(tiny_model, "unet.conv_act")
    assert (found.items, found.count, found.statistics, found.counts.sum()) == ((), 0, None, 0)


def test_large_modules_are_sampled_and_wide_convolutions_cut(
    tiny_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "MOST_VALUES", 100)
    monkeypatch.setattr(weights, "MOST_KERNELS", 12)
    found = parameters(tiny_model, "unet.conv_in")
    assert 90 <= found.seen <= 104
    assert found.count == 296
    assert found.kernels is not None
    assert (found.kernels.shape, found.kernel_shape) == ((3, 4, 3, 3), (8, 4, 3, 3))


@pytest.mark.parametrize("path", ["unet.conv_inn", "nothing.at.all", "text_encoder_2.x"])
def test_a_module_that_does_not_exist_is_named(tiny_model: Model, path: str) -> None:
    with pytest.raises(InspectorError) as caught:
        parameters(tiny_model, path)
    assert caught.value.code == "replay.no-layer"
