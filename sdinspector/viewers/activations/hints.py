"""What the activation viewer says where there is nothing to show, with links to what there is."""

from __future__ import annotations

import html

from sdinspector.app.fetch import Fetched
from sdinspector.app.texts import tr
from sdinspector.app.viewer import Scene
from sdinspector.core import ModelCard, ModuleInfo, tree_path
from sdinspector.recording import Recording
from sdinspector.viewers.activations.data import View, has_final, of_picture

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


def caption(view: View, recording: Recording) -> str:
    """Return of which step, or of what, the output is, and where it comes from."""
    layer = view.wish.layer
    if layer.startswith("text_encoder"):
        what = tr("of the prompt, the same at every step")
    elif of_picture(layer):
        what = tr("of the picture, whatever the step")
    elif layer.startswith("vae") and has_final(recording):
        what = tr("of the final latent, whatever the step")
    else:
        what = tr(
            "step {step} of {steps}, t = {timestep}",
            step=view.step + 1,
            steps=max(recording.spec.steps, view.step + 1),
            timestep=f"{view.timestep:g}",
        )
    return f"{what}   ·   {_origin(view.fetched)}"


def missing_steps(layer: str) -> str:
    """Return why there is no curve over the steps."""
    if layer.startswith(("text_encoder", "vae")):
        return tr("This module does not depend on the step.")
    return tr(
        "This recording holds no statistics of this module. Play the steps in the film strip: "
        "each one that was seen is drawn here."
    )


def _origin(fetched: Fetched) -> str:
    if fetched.origin == "recorded":
        return tr("recorded")
    if fetched.verdict == "exact":
        return tr("replayed, exact")
    if fetched.verdict == "differs":
        return tr("replayed, differs by {size}", size=f"{fetched.difference:.1e}")
    return tr("worked out now")


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
