"""ᾱ, σ, SNR and the weights made of them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from diffusers import DDPMScheduler, EulerDiscreteScheduler
from diffusers.training_utils import compute_snr

from sdinspector.analysis import noise_schedule
from tests.tiny import SCHEDULER


def alpha_bar() -> np.ndarray:
    return DDPMScheduler.from_config(SCHEDULER).alphas_cumprod.double().numpy()


def test_snr_is_that_of_diffusers():
    scheduler = DDPMScheduler.from_config(SCHEDULER)
    expected = compute_snr(scheduler, torch.arange(1000)).numpy()
    found = noise_schedule.curves(alpha_bar())
    np.testing.assert_allclose(found.snr, expected, rtol=1e-3)
    np.testing.assert_allclose(found.sigma**-2, found.snr, rtol=1e-9)
    assert np.all(np.diff(found.snr) < 0.0)


def test_sigma_is_that_of_diffusers_sigma_schedulers():
    sigmas = EulerDiscreteScheduler.from_config(SCHEDULER).sigmas[:-1].numpy()[::-1]
    np.testing.assert_allclose(noise_schedule.curves(alpha_bar()).sigma, sigmas, rtol=1e-4)


def test_ends_of_pure_noise_and_no_noise_are_infinite_without_warning():
    found = noise_schedule.curves(np.array([1.0, 0.5, 0.0]))
    assert found.sigma.tolist() == [0.0, 1.0, np.inf]
    assert found.snr.tolist() == [np.inf, 1.0, 0.0]
    assert found.log_snr.tolist() == [np.inf, 0.0, -np.inf]
    with pytest.raises(ValueError, match="between 0 and 1"):
        noise_schedule.curves(np.array([1.1]))


def test_min_snr_weighs_the_error_of_the_picture_alike_for_all_targets():
    snr = np.array([1e-3, 0.5, 1.0, 5.0, 20.0, 1000.0])
    weights = {
        kind: noise_schedule.min_snr_weight(snr, kind)
        for kind in ("epsilon", "v_prediction", "sample")
    }
    # |Δε|² = SNR·|Δx₀|² and |Δv|² = (SNR + 1)·|Δx₀|² (Hang et al. 2023, §3.3).
    bound = np.minimum(snr, 5.0)
    np.testing.assert_allclose(weights["sample"], bound)
    np.testing.assert_allclose(weights["epsilon"] * snr, bound)
    np.testing.assert_allclose(weights["v_prediction"] * (snr + 1.0), bound)
    assert noise_schedule.min_snr_weight(np.array([0.0, np.inf])).tolist() == [1.0, 0.0]
    with pytest.raises(ValueError, match="unknown"):
        noise_schedule.min_snr_weight(snr, "other")
    with pytest.raises(ValueError, match="above 0"):
        noise_schedule.min_snr_weight(snr, gamma=0.0)


def test_sigma_and_time_are_each_others_inverse():
    values = alpha_bar()
    sigma = noise_schedule.curves(values).sigma
    times = noise_schedule.time_of_sigma(values, sigma[[0, 10, 500, 999]])
    np.testing.assert_allclose(times, [0, 10, 500, 999], atol=1e-6)
    assert noise_schedule.time_of_sigma(values, np.array([1e6])) == 999.0
