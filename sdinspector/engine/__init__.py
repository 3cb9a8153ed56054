"""Everything that touches torch, diffusers and transformers.

Importing this package imports none of them: each name is looked up in its module when it is first
used, so that a window can open before six seconds of imports.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sdinspector.engine.autoencoder import Encoding, decode, encode
    from sdinspector.engine.branches import add_uncond, add_uncond_iter
    from sdinspector.engine.estimating import estimate
    from sdinspector.engine.forking import fork, fork_iter
    from sdinspector.engine.identity import IdentityReport, check_identity
    from sdinspector.engine.inversion import InversionCall, invert, invert_iter
    from sdinspector.engine.model import Model
    from sdinspector.engine.observing import observe, observe_iter
    from sdinspector.engine.probing import Probe, Probed, probe, probe_iter
    from sdinspector.engine.replaying import Replay, replay
    from sdinspector.engine.sampling import CallDone, run, run_iter
    from sdinspector.engine.sources import (
        ModelSource,
        list_models,
        model_from_pipeline,
        open_model,
    )
    from sdinspector.engine.structure import anatomy, skip_connections
    from sdinspector.engine.sweeping import sweep, sweep_iter
    from sdinspector.engine.text import TokenizedText, tokenize
    from sdinspector.engine.weights import Parameter, Parameters, parameters

_HOMES = {
    "CallDone": "sampling",
    "Encoding": "autoencoder",
    "IdentityReport": "identity",
    "InversionCall": "inversion",
    "Model": "model",
    "ModelSource": "sources",
    "Parameter": "weights",
    "Parameters": "weights",
    "Probe": "probing",
    "Probed": "probing",
    "Replay": "replaying",
    "TokenizedText": "text",
    "add_uncond": "branches",
    "add_uncond_iter": "branches",
    "anatomy": "structure",
    "check_identity": "identity",
    "decode": "autoencoder",
    "encode": "autoencoder",
    "estimate": "estimating",
    "fork": "forking",
    "fork_iter": "forking",
    "invert": "inversion",
    "invert_iter": "inversion",
    "list_models": "sources",
    "model_from_pipeline": "sources",
    "observe": "observing",
    "observe_iter": "observing",
    "open_model": "sources",
    "parameters": "weights",
    "probe": "probing",
    "probe_iter": "probing",
    "replay": "replaying",
    "run": "sampling",
    "run_iter": "sampling",
    "skip_connections": "structure",
    "sweep": "sweeping",
    "sweep_iter": "sweeping",
    "tokenize": "text",
}

__all__ = [
    "CallDone",
    "Encoding",
    "IdentityReport",
    "InversionCall",
    "Model",
    "ModelSource",
    "Parameter",
    "Parameters",
    "Probe",
    "Probed",
    "Replay",
    "TokenizedText",
    "add_uncond",
    "add_uncond_iter",
    "anatomy",
    "check_identity",
    "decode",
    "encode",
    "estimate",
    "fork",
    "fork_iter",
    "invert",
    "invert_iter",
    "list_models",
    "model_from_pipeline",
    "observe",
    "observe_iter",
    "open_model",
    "parameters",
    "probe",
    "probe_iter",
    "replay",
    "run",
    "run_iter",
    "skip_connections",
    "sweep",
    "sweep_iter",
    "tokenize",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
