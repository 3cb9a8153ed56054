"""Makes ``daam_maps.npz``: the heat maps of the package daam 0.2.0, for every word of 20 prompts.

Run it in an environment of its own, from the root of the repository::

    python -m venv --system-site-packages daam-venv     # with this project's packages below it
    daam-venv/bin/pip install --no-deps daam==0.2.0
    daam-venv/bin/pip install spacy
    PYTHONPATH=. daam-venv/bin/python tests/data/make_daam_maps.py

The package hooks the pipeline of ``tests/fidelity/narrow_model.py``; its ``compute_word_heat_map``
answers for each word. Maps are stored as 16 bits between their smallest and largest value, which is
exact to 8e-6 of the range.
"""

from __future__ import annotations

import json
from pathlib import Path

import daam
import diffusers
import numpy as np
import torch
import transformers

from tests.fidelity import narrow_model

LEVELS = 65535


def main() -> None:
    """Write the file beside this script."""
    pipeline = narrow_model.pipeline()
    entries, maps, low, high, whole = [], [], [], [], []
    for seed, prompt in enumerate(narrow_model.PROMPTS):
        with torch.no_grad(), daam.trace(pipeline) as trace:
            pipeline(
                prompt,
                num_inference_steps=narrow_model.STEPS,
                guidance_scale=narrow_model.GUIDANCE,
                generator=torch.Generator().manual_seed(seed),
                output_type="latent",
            )
            found = trace.compute_global_heat_map(prompt)
            shares = trace.compute_global_heat_map(prompt, normalize=True)
        for word in dict.fromkeys(prompt.split()):
            for kind, source in (("plain", found), ("normalised", shares)):
                if kind == "normalised" and seed >= 4:  # a few are enough
                    continue
                heat = source.compute_word_heat_map(word).heatmap.numpy()
                entries.append({"prompt": prompt, "seed": seed, "word": word, "kind": kind})
                low.append(heat.min())
                high.append(heat.max())
                maps.append(np.rint((heat - heat.min()) / np.ptp(heat) * LEVELS).astype(np.uint16))
                whole.append(heat)
        print(seed, prompt, f"{np.median([np.ptp(heat) / heat.mean() for heat in whole]):.2f}")
    about = {
        "entries": entries,
        "steps": narrow_model.STEPS,
        "guidance_scale": narrow_model.GUIDANCE,
        "versions": {
            "daam": "0.2.0",
            "torch": torch.__version__,
            "diffusers": diffusers.__version__,
            "transformers": transformers.__version__,
        },
    }
    path = Path(__file__).with_name("daam_maps.npz")
    np.savez_compressed(
        path,
        maps=np.stack(maps),
        low=np.array(low, np.float32),
        high=np.array(high, np.float32),
        about=json.dumps(about),
    )
    print(f"{path}: {len(maps)} maps, {path.stat().st_size / 2**20:.2f} MiB")


if __name__ == "__main__":
    main()
