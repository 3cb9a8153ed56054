"""What can be saved of the VAE viewer."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis import latents
from sdinspector.app.texts import tr
from sdinspector.core import FigureSpec
from sdinspector.export import colours
from sdinspector.viewers.vae.changes import Changes
from sdinspector.viewers.vae.data import Compared, Opened


def of_bench(
    opened: Opened,
    changes: Changes,
    after: NDArray[np.uint8] | None,
    compared: Compared | None,
    colour_map: str,
) -> list[FigureSpec]:
    """Return the decoded picture, the latent's channels, the original and the difference."""
    about: dict[str, Any] = {
        **opened.about,
        "encode": opened.encoded,
        "gains": changes.gains,
        "offsets": changes.offsets,
        "order": changes.order,
    }
    latent = changes.result()
    arrays: dict[str, NDArray[Any]] = {"maps": latent}
    if opened.mean is not None and opened.std is not None:
        arrays |= {"mean": opened.mean, "std": opened.std}
    figures = []
    if after is not None:
        figures.append(_picture("reconstruction", tr("Latent, decoded"), after, about))
    figures.append(
        FigureSpec(
            name="latent-channels",
            title=tr("Latent: {name}", name=opened.name),
            kind="mosaic",
            arrays=arrays,
            colour_map=colour_map if colour_map in colours.NAMES else colours.DIVERGING[0],
            unit=tr("latent units"),
            about={**about, "labels": [f"channel {number}" for number in range(len(latent))]},
        )
    )
    if len(latent) == 4:
        scaled, ranges = latents.as_pictures(latent)
        title = tr("Latent as red, green, blue and alpha, each from its lowest to its highest")
        rgba = np.ascontiguousarray(np.moveaxis(scaled, 0, -1))
        figures.append(_picture("latent-rgba", title, rgba, {**about, "ranges": ranges}))
    if opened.original is not None:
        figures.append(_picture("original", tr("What was encoded"), opened.original, about))
    if compared is not None:
        figures.append(
            FigureSpec(
                name="difference",
                title=tr("Decoded minus original, mean of the colours"),
                kind="map",
                arrays={"map": compared.difference},
                colour_map=colour_map if colour_map in colours.DIVERGING else colours.DIVERGING[0],
                unit=tr("levels of 255"),
                about={**about, "psnr": _finite(compared.psnr), "ssim": _finite(compared.ssim)},
            )
        )
    return figures


def _picture(name: str, title: str, image: NDArray[np.uint8], about: dict[str, Any]) -> FigureSpec:
    return FigureSpec(
        name=f"vae-{name}", title=title, kind="rgb", arrays={"image": image}, about=about
    )


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
