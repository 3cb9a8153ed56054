"""What the activation viewer says where there is nothing to show, with links to what there is."""

from __future__ import annotations

import html

from sdinspector.app.texts import tr
from sdinspector.app.viewer import Scene
from sdinspector.core import ModelCard, ModuleInfo, tree_path

_MOST = 8


def why_nothing(scene: Scene) -> str | None:
    """Return why no module can be shown, as rich text, or ``None`` where one can."""
    layer = scene.selection.layer
    if layer is None:
        text = tr("Choose a module in the tree or in the U to see what it gives at each step.")
        return _with_links(text, _starts(scene))
    info = scene.model.root.find(layer) if scene.model is not None else None
    if "." not in layer:
        text = tr("{name} is a whole component. Choose a module within it.", name=layer)
        return _with_links(text, [] if info is None else _below(info))
    if info is not None and not info.fires:
        text = tr(
            "{path} is a container: it is never called itself, so it gives nothing to see. "
            "Choose a module within it.",
            path=layer,
        )
        return _with_links(text, _below(info))
    if not scene.calls:
        if scene.busy:
            return html.escape(tr("The first step is on its way …"))
        return html.escape(
            tr("No step is recorded yet: press Run (Ctrl+Return), or open a recording.")
        )
    return None


def said(error: Exception, layer: str) -> str:
    """Return an error as rich text for the view."""
    title = tr("{path} cannot be shown.", path=layer)
    return f"<p><b>{html.escape(title)}</b></p><p>{html.escape(str(error))}</p>"


def _with_links(text: str, paths: list[str]) -> str:
    if not paths:
        return html.escape(text)
    links = "<br>".join(f'<a href="{html.escape(path)}">{html.escape(path)}</a>' for path in paths)
    return f"<p>{html.escape(text)}</p><p style='line-height:150%'>{links}</p>"


def _starts(scene: Scene) -> list[str]:
    """Return a few modules that are worth a look."""
    if scene.model is None:
        layers = scene.recording.layers if scene.recording is not None else {}
        return [tree_path(path) for path in list(layers)[:_MOST]]
    return _worth_a_look(scene.model)


def _worth_a_look(model: ModelCard) -> list[str]:
    nodes = [node for node in model.root.walk() if node.path.startswith("unet.") and node.fires]
    found = [node.path for node in nodes if node.path == "unet.conv_in"]
    transformers = [node.path for node in nodes if node.kind == "transformer"]
    found += transformers[:1]
    found += [node.path for node in nodes if node.path == "unet.mid_block"]
    found += transformers[-1:]
    return list(dict.fromkeys(found))


def _below(info: ModuleInfo) -> list[str]:
    """Return modules within a container, the nearest ones that are called."""
    found: list[str] = []
    waiting = list(info.children)
    while waiting and len(found) < _MOST:
        node = waiting.pop(0)
        if node.fires:
            found.append(node.path)
        else:
            waiting = list(node.children) + waiting
    return found
