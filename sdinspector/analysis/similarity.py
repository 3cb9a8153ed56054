"""How alike two pictures are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def similarity(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> tuple[float, float]:
    """PSNR in dB and mean SSIM of two pictures ``[H, W, 3]`` uint8.

    PSNR = 10·log₁₀(255² / MSE). SSIM as Wang et al. 2004 with their Gaussian window (σ = 1.5),
    by scikit-image; NaN where a side is shorter than the window of 11 pixels.
    """
    from skimage.metrics import peak_signal_noise_ratio, structural_similarity

    if np.array_equal(one, other):
        return float("inf"), 1.0
    psnr = float(peak_signal_noise_ratio(one, other, data_range=255))
    if min(one.shape[:2]) < 11:
        return psnr, float("nan")
    ssim = structural_similarity(
        one,
        other,
        data_range=255,
        channel_axis=-1,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
    )
    return psnr, float(ssim)
