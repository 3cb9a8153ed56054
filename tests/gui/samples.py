"""What the tests of widgets and viewers show: a model card, recordings, a stage to show them on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QComboBox, QLineEdit, QWidget

from sdinspector.app.context import AppContext
from sdinspector.app.settings import Settings
from sdinspector.app.shell.host import ViewerHost
from sdinspector.app.viewer import Pane, Viewer
from sdinspector.core import ModelCard, ModuleInfo, Preview, RunSpec, SkipConnection, Token
from sdinspector.recording import Recording, RecordingWriter

PREVIEW = Preview(((0.3, 0.2, 0.3), (0.3, 0.5, 0.2), (-0.3, 0.2, 0.3), (-0.2, -0.3, -0.7)))
TOKENS = {
    "cond": (
        Token(0, 1, "<|startoftext|>", "bos"),
        Token(1, 5, "red</w>", "word", 0, "red"),
        Token(2, 6, "cir", "word", 1, "circle"),
        Token(3, 7, "cle</w>", "word", 1, "circle"),
        Token(4, 2, "<|endoftext|>", "eos"),
        Token(5, 2, "<|endoftext|>", "padding"),
        Token(6, 2, "<|endoftext|>", "padding"),
    ),
}


def node(
    path: str, class_name: str, kind: str, *children: ModuleInfo, shape: Any = None, own: int = 0
) -> ModuleInfo:
    """Return a node that counts what lies below it."""
    total = own + sum(child.parameters for child in children)
    return ModuleInfo(
        path, path.rpartition(".")[2], class_name, kind, total, 4 * total, own, 4 * own,
        shape, kind != "container", children,
    )  # fmt: skip


def card(levels: int = 3, layers: int = 2, size: int = 16) -> ModelCard:
    """Return the card of a Stable Diffusion in miniature; attention in all but the last level."""
    widths = [8 * 2**level for level in range(levels)]
    skips = [("unet.conv_in", (widths[0], size, size))]
    targets: list[str] = []
    down, up = [], []

    def block(
        path: str, level: int, count: int, *, attends: bool, sampler: str = ""
    ) -> list[ModuleInfo]:
        side = size >> level
        shape = (widths[level], side, side)
        parts = []
        if attends:
            attentions = [_attention(f"{path}.attentions.{n}", shape) for n in range(count)]
            parts.append(node(f"{path}.attentions", "ModuleList", "container", *attentions))
        resnets = [
            node(f"{path}.resnets.{n}", "ResnetBlock2D", "resnet", shape=shape, own=90)
            for n in range(count)
        ]
        parts.append(node(f"{path}.resnets", "ModuleList", "container", *resnets))
        if sampler:
            name = f"{path}.{sampler}.0"
            kind = "Downsample2D" if sampler == "downsamplers" else "Upsample2D"
            other = side // 2 if sampler == "downsamplers" else side * 2
            parts.append(
                node(
                    f"{path}.{sampler}", "ModuleList", "container",
                    node(name, kind, "sampler", shape=(widths[level], other, other), own=40),
                )
            )  # fmt: skip
        return parts

    for level in range(levels):
        last = level == levels - 1
        path = f"unet.down_blocks.{level}"
        parts = block(path, level, layers, attends=not last, sampler="" if last else "downsamplers")
        down.append(node(path, "DownBlock2D" if last else "CrossAttnDownBlock2D", "block", *parts))
        side = size >> level
        inner = "resnets" if last else "attentions"
        skips += [(f"{path}.{inner}.{n}", (widths[level], side, side)) for n in range(layers)]
        if not last:
            skips.append((f"{path}.downsamplers.0", (widths[level], side // 2, side // 2)))
    for number in range(levels):
        level = levels - 1 - number
        path = f"unet.up_blocks.{number}"
        parts = block(
            path, level, layers + 1, attends=number > 0, sampler="upsamplers" if level else ""
        )
        up.append(node(path, "CrossAttnUpBlock2D" if number else "UpBlock2D", "block", *parts))
        targets += [f"{path}.resnets.{n}" for n in range(layers + 1)]
    side = size >> (levels - 1)
    middle = node(
        "unet.mid_block",
        "UNetMidBlock2DCrossAttn",
        "block",
        *block("unet.mid_block", levels - 1, 1, attends=True),
    )
    unet = node(
        "unet",
        "UNet2DConditionModel",
        "model",
        node("unet.time_embedding", "TimestepEmbedding", "embedding", shape=(32,), own=64),
        node("unet.conv_in", "Conv2d", "convolution", shape=(widths[0], size, size), own=300),
        node("unet.down_blocks", "ModuleList", "container", *down),
        middle,
        node("unet.up_blocks", "ModuleList", "container", *up),
        node("unet.conv_out", "Conv2d", "convolution", shape=(4, size, size), own=300),
        shape=(4, size, size),
    )
    text = node(
        "text_encoder", "CLIPTextModel", "model",
        node("text_encoder.embeddings", "CLIPTextEmbeddings", "embedding", own=1000),
        shape=(77, 16),
    )  # fmt: skip
    vae = node(
        "vae", "AutoencoderKL", "model",
        node("vae.encoder", "Encoder", "block", own=10),
        node("vae.decoder", "Decoder", "block", own=10),
    )  # fmt: skip
    assert side >= 1
    return ModelCard(
        source="shapes",
        name="Shapes",
        class_name="StableDiffusionPipeline",
        device="cpu",
        dtype="float32",
        digest="0" * 16,
        root=node("", "StableDiffusionPipeline", "model", text, unet, vae),
        skips=tuple(
            SkipConnection(source, target, shape)
            for (source, shape), target in zip(skips, reversed(targets), strict=True)
        ),
    )


def _attention(path: str, shape: tuple[int, int, int]) -> ModuleInfo:
    inner = f"{path}.transformer_blocks"
    return node(
        path, "Transformer2DModel", "transformer",
        node(
            inner, "ModuleList", "container",
            node(
                f"{inner}.0", "BasicTransformerBlock", "block",
                node(f"{inner}.0.attn1", "Attention", "self_attention", own=16),
                node(f"{inner}.0.attn2", "Attention", "cross_attention", own=16),
            ),
        ),
        shape=shape,
    )  # fmt: skip


def latent(call: int, height: int = 6, width: int = 8) -> np.ndarray:
    """Return x̂₀ of a call: every value says its call, channel, row and column."""
    channel, row, column = np.mgrid[:4, :height, :width]
    return ((channel - 1.5) + 0.1 * call + 0.01 * row + 0.001 * column).astype(np.float32)


def begin(path: Path, steps: int = 6, **changes: Any) -> RecordingWriter:
    """Begin a recording."""
    settings: dict[str, Any] = {
        "spec": RunSpec(prompt="red circle", steps=steps, scheduler="ddim", seed=7),
        "model": {"source": "shapes", "class": "StableDiffusionPipeline", "dtype": "float32"},
        "tokens": TOKENS,
        "preview": PREVIEW,
        "libraries": {"torch": "2.13.0"},
        "extra": {"picture": [64, 48], "total_steps": steps, "total_calls": steps},
    }
    return RecordingWriter(path, **(settings | changes))


def write_call(
    writer: RecordingWriter, call: int, *, both: bool = True, per_step: int = 1, bad: int = 0
) -> None:
    """Write one scheduler call; ``bad`` values of its x̂₀ are not numbers."""
    x0 = latent(call)
    x0.reshape(-1)[:bad] = np.nan
    arrays = {"latent": latent(call) + 2, "noise_cond": latent(call) / 3, "denoised": x0}
    if both:
        arrays["noise_uncond"] = latent(call) / 2
    branches = ["uncond", "cond"] if both else ["cond"]
    writer.step(
        call,
        arrays,
        {
            "step": call // per_step, "timestep": 900.0 - 100 * call, "order": 1,
            "scale": 7.5 if both else 1.0, "input_scale": 1.0, "a": 1.25, "b": -0.5,
            "clip": None, "branches": branches,
        },
    )  # fmt: skip


def recording(path: Path, calls: int = 6, *, picture: bool = True, **how: Any) -> Recording:
    """Write a whole recording and open it."""
    per_step = how.get("per_step", 1)
    with begin(path, steps=-(-calls // per_step)) as writer:
        for call in range(calls):
            write_call(writer, call, **how)
        writer.final(latent(calls))
        if picture:
            rgb = np.zeros((48, 64, 3), np.uint8)
            rgb[:, :32] = (200, 30, 40)
            writer.image(rgb, {})
    return Recording.open(path)


class Stage:
    """A real application without its window, and one viewer on it."""

    def __init__(self, qtbot: Any, kind: type[Viewer]) -> None:
        self.qtbot = qtbot
        self.errors: list[Exception] = []
        self.context = AppContext(Settings())
        self.context.message.connect(self.errors.append)
        self.host = ViewerHost(kind, self.context, self.errors.append)
        self.context.scenes.changed.connect(self.host.show_scene)
        self.context.hovered.connect(self.host.hover)
        # pytest-qt closes widgets before fixtures end; answers must not come after that.
        qtbot.addWidget(self.host, before_close_func=lambda _: self.close())
        self.host.resize(900, 500)
        self.host.show()
        qtbot.waitExposed(self.host)
        self.host.show_scene(self.context.scene)

    def show(self, shown: Recording | None = None, model: ModelCard | None = None) -> None:
        """Show a recording, a model, or both."""
        document = self.context.document
        if model is not None:
            document.set_model(model)
        if shown is not None:
            finished = shown.status != "running"
            document.set_panes([Pane(shown, shown.calls, "test", finished)])
        self.context.scenes.flush()

    def select(self, **changes: Any) -> None:
        """Change the selection and draw at once."""
        self.context.select(**changes)
        self.context.scenes.flush()

    def display(self, **changes: Any) -> None:
        """Change how things are drawn, at once."""
        self.context.set_display(**changes)
        self.context.scenes.flush()

    @property
    def selection(self) -> Any:
        """The selection as it is now."""
        return self.context.selection.state

    def find(self, kind: type[Any], name: str = "") -> Any:
        """Return the widget of a kind whose accessible name begins so."""
        found = [w for w in self.host.findChildren(kind) if w.accessibleName().startswith(name)]
        assert found, f"no {kind.__name__} called {name!r}"
        return found[0]

    def close(self) -> None:
        """End it as the window does."""
        self.host.close_viewer()
        self.context.shut_down()


INTERACTIVE = (QAbstractButton, QComboBox, QLineEdit, QAbstractScrollArea)


def without_a_name(widget: QWidget) -> list[str]:
    """Return the interactive children that have no accessible name or no tooltip."""
    bad = []
    for child in widget.findChildren(QWidget):
        if not isinstance(child, INTERACTIVE) or child.objectName().startswith("qt_"):
            continue
        parent = child.parentWidget()
        popup = child.window() is not widget.window()
        inner = popup or isinstance(parent, QComboBox | QLineEdit)
        silent = child.focusPolicy() == Qt.FocusPolicy.NoFocus
        if inner or silent or type(child).__name__ == "QHeaderView":
            continue
        if not child.accessibleName() or not child.toolTip():
            bad.append(f"{type(child).__name__} {child.accessibleName()!r} {child.toolTip()!r}")
    return bad
