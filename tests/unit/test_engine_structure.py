"""The module tree, its shapes and the skip connections are what a real run does."""

from __future__ import annotations

from typing import Any

import torch
from diffusers import UNet2DConditionModel

from sdinspector.core import ModuleInfo, paths
from sdinspector.engine import Model, anatomy, skip_connections
from sdinspector.engine.structure import first_tensor, output_shapes


def real_shapes(model: Model) -> dict[str, tuple[int, ...]]:
    """Return the output shapes of a real pipeline run, by path."""
    found: dict[str, tuple[int, ...]] = {}
    handles = []

    def note(path: str) -> Any:
        def hook(_module: Any, _inputs: Any, output: Any) -> None:
            tensor = first_tensor(output)
            if tensor is not None:
                found[path] = tuple(tensor.shape[1:])

        return hook

    for name in ("text_encoder", "unet", "vae"):
        for path, module in getattr(model.pipeline, name).named_modules():
            full = f"{name}.{path}" if path else name
            handles.append(module.register_forward_hook(note(full)))
    try:
        model.pipeline("a red star", num_inference_steps=1, output_type="np")
        with torch.no_grad():
            model.pipeline.vae.encode(torch.zeros(1, 3, model.card.height, model.card.width))
    finally:
        for handle in handles:
            handle.remove()
    return found


def test_shapes_and_firing_are_those_of_a_real_run(tiny4_model: Model) -> None:
    real = real_shapes(tiny4_model)
    for node in tiny4_model.card.root.walk():
        if node.path in ("", "vae"):
            continue
        assert node.shape == real.get(node.path), node.path
        assert node.fires == (node.path in real), node.path


def test_tree_has_every_module_once_with_its_parameters(tiny4_model: Model) -> None:
    root = anatomy(tiny4_model)
    nodes = {node.path: node for node in root.walk()}
    assert [child.path for child in root.children] == ["text_encoder", "unet", "vae"]
    for name in ("text_encoder", "unet", "vae"):
        module = getattr(tiny4_model.pipeline, name)
        for path, part in module.named_modules():
            node = nodes.pop(f"{name}.{path}" if path else name)
            assert node.class_name == type(part).__name__
            assert node.parameters == sum(p.numel() for p in part.parameters())
            own = [p.numel() for p in part.parameters(recurse=False)]
            assert node.own_parameters == sum(own)
            assert node.bytes == 4 * node.parameters
    assert list(nodes) == [""]


def test_children_come_in_the_order_of_the_work(tiny4_model: Model) -> None:
    unet = tiny4_model.card.root.find("unet")
    assert unet is not None
    names = [child.name for child in unet.children]
    assert names[-6:] == [
        "down_blocks", "mid_block", "up_blocks", "conv_norm_out", "conv_act", "conv_out",
    ]  # fmt: skip
    block = unet.find("unet.down_blocks.0")
    assert block is not None
    assert [child.name for child in block.children] == ["resnets", "attentions", "downsamplers"]


def test_kinds_tell_what_a_module_is_for(tiny4_model: Model) -> None:
    def kind(path: str) -> str:
        node = tiny4_model.card.root.find(path)
        assert isinstance(node, ModuleInfo)
        return node.kind

    inner = "unet.down_blocks.0.attentions.0.transformer_blocks.0"
    assert kind("unet") == "model"
    assert kind("unet.down_blocks") == "container"
    assert kind("unet.down_blocks.0") == "block"
    assert kind("unet.mid_block") == "block"
    assert kind("unet.down_blocks.0.resnets.0") == "resnet"
    assert kind("unet.down_blocks.0.attentions.0") == "transformer"
    assert kind(inner) == "block"
    assert kind(f"{inner}.attn1") == "self_attention"
    assert kind(f"{inner}.attn2") == "cross_attention"
    assert kind(f"{inner}.norm1") == "norm"
    assert kind(f"{inner}.attn2.to_q") == "linear"
    assert kind("unet.down_blocks.0.downsamplers.0") == "sampler"
    assert kind("unet.up_blocks.0.upsamplers.0") == "sampler"
    assert kind("unet.conv_in") == "convolution"
    assert kind("unet.time_embedding") == "embedding"
    assert kind("unet.conv_act") == "activation"
    assert kind("text_encoder.encoder.layers.0.self_attn") == "self_attention"
    assert kind("vae.decoder") == "block"


def test_skip_connections_carry_what_the_run_carries(tiny4_model: Model) -> None:
    unet = tiny4_model.pipeline.unet
    skips = tiny4_model.card.skips
    assert len(skips) == 12
    outputs: dict[str, torch.Tensor] = {}
    inputs: dict[str, torch.Tensor] = {}
    handles = []
    for skip in skips:
        source = unet.get_submodule(skip.source.removeprefix("unet."))
        target = unet.get_submodule(skip.target.removeprefix("unet."))
        handles += [
            source.register_forward_hook(
                lambda _m, _i, out, path=skip.source: outputs.update({path: first_tensor(out)})
            ),
            target.register_forward_pre_hook(
                lambda _m, args, path=skip.target: inputs.update({path: args[0]})
            ),
        ]
    try:
        with torch.no_grad():
            unet(torch.randn(1, 4, 8, 8), 5, encoder_hidden_states=torch.randn(1, 77, 16))
    finally:
        for handle in handles:
            handle.remove()
    for skip in skips:
        handed = outputs[skip.source]
        assert skip.shape == tuple(handed.shape[1:])
        assert torch.equal(inputs[skip.target][:, -handed.shape[1] :], handed)


def test_sd_1_5_has_its_known_anatomy_without_any_weights() -> None:
    config = UNet2DConditionModel.load_config(
        paths.resources() / "configs" / "stable-diffusion-1.5" / "unet"
    )
    with torch.device("meta"):
        unet = UNet2DConditionModel.from_config(config)

    class Pipeline:
        text_encoder = vae = None

        class tokenizer:  # noqa: N801
            model_max_length = 77

    pipeline = Pipeline()
    pipeline.unet = unet  # type: ignore[attr-defined]
    shapes = output_shapes(pipeline)
    root = anatomy(pipeline, shapes)
    assert root.parameters == 859_520_964
    cross = [node for node in root.walk() if node.kind == "cross_attention"]
    pixels = sorted(node.shape[0] for node in cross if node.shape)
    assert pixels == [64] + [256] * 5 + [1024] * 5 + [4096] * 5
    assert len(skip_connections(unet)) == 12
    blocks = [node for node in root.walk() if node.kind in ("resnet", "transformer", "sampler")]
    assert len(blocks) == 44


def test_shapes_follow_the_pictures_size(tiny4_model: Model) -> None:
    shapes = tiny4_model.shapes(8, 16)
    assert shapes["unet.conv_in"] == (8, 8, 16)
    assert shapes["unet.mid_block"] == (16, 1, 2)
