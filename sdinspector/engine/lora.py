"""LoRA: thin matrices beside the attention's own, trained, saved and put into a model.

W' = W + (α/r)·B·A with A [r, in] and B [out, r] (Hu et al. 2021, arXiv 2106.09685), by peft.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from sdinspector.core import InspectorError

WEIGHTS = "pytorch_lora_weights.safetensors"
"""What diffusers' ``load_lora_weights`` looks for in a folder."""
ABOUT = "lora.json"
"""Says which model it belongs to."""
TARGETS = ("to_q", "to_k", "to_v", "to_out.0")


def is_lora(folder: Path) -> bool:
    """Return whether a folder holds LoRA weights and says for which model."""
    return (folder / WEIGHTS).is_file() and (folder / ABOUT).is_file()


def base_of(folder: Path) -> str:
    """Return the source of the model that a LoRA was trained on.

    Raises
    ------
    InspectorError
        ``model.unreadable``.
    """
    file = folder / ABOUT
    try:
        return str(json.loads(file.read_text("utf-8"))["base"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InspectorError(
            "model.unreadable",
            f"Cannot read {file}: {error}. It must name the model that the LoRA belongs to: "
            '{"base": "shapes"}.',
            file=str(file),
            why=str(error),
        ) from error


def add(unet: Any, rank: int, alpha: float) -> None:
    """Put untrained LoRA layers on the attention of a UNet; they alone require gradients."""
    from peft import LoraConfig

    unet.requires_grad_(requires_grad=False)
    unet.add_adapter(
        LoraConfig(
            r=rank,
            lora_alpha=alpha or rank,
            init_lora_weights="gaussian",
            target_modules=list(TARGETS),
        )
    )


def save(unet: Any, folder: Path, base: str) -> None:
    """Write the LoRA layers of a UNet as ``load_lora_weights`` of plain diffusers takes them."""
    from diffusers import StableDiffusionPipeline
    from diffusers.utils import convert_state_dict_to_diffusers
    from peft.utils import get_peft_model_state_dict

    folder.mkdir(parents=True, exist_ok=True)
    layers = convert_state_dict_to_diffusers(get_peft_model_state_dict(unet))
    StableDiffusionPipeline.save_lora_weights(
        folder,
        unet_lora_layers={name: value.contiguous() for name, value in layers.items()},
        unet_lora_adapter_metadata=unet.peft_config["default"].to_dict(),
    )
    about = {"base": base, "weights": WEIGHTS}
    (folder / ABOUT).write_text(json.dumps(about, indent=2) + "\n", "utf-8")


def merge(pipeline: Any, folder: Path) -> None:
    """Add the LoRA of a folder to a pipeline's weights, whose modules stay what they were.

    Raises
    ------
    InspectorError
        ``model.unreadable``: it is of another kind of model, or damaged.
    """
    try:
        state, alphas, about = pipeline.lora_state_dict(
            folder, weight_name=WEIGHTS, return_lora_metadata=True
        )
        pipeline.load_lora_into_unet(
            state, alphas, pipeline.unet, metadata=about, _pipeline=pipeline
        )
        pipeline.fuse_lora(components=["unet"])
        pipeline.unload_lora_weights()
    except Exception as error:
        raise InspectorError(
            "model.unreadable",
            f"The LoRA in {folder} does not fit its model: {error}. Train it again.",
            file=str(folder / WEIGHTS),
            why=str(error),
        ) from error


def digest(folder: Path, base: str) -> str:
    """Return the digest of a model with this LoRA, from that of the model."""
    weights = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    return hashlib.sha256(f"{base}\nlora={weights}\n".encode()).hexdigest()
