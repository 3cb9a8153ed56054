"""Losses over timesteps and seeds: their spread, the two ends of a schedule."""

from __future__ import annotations

import numpy as np

from sdinspector.analysis import losses
from sdinspector.analysis.noise_schedule import even_timesteps


def test_spread_over_seeds_leaves_out_what_is_not_drawn():
    found = losses.over_seeds(np.array([[1.0, 3.0], [2.0, np.nan], [np.nan, np.nan]]))
    assert found.mean[:2].tolist() == [2.0, 2.0]
    assert (found.low[0], found.high[0]) == (1.0, 3.0)
    assert found.known.tolist() == [True, True, False]


def test_tenths_are_those_of_the_schedule():
    places = np.array([0, 99, 100, 899, 900, 999])
    values = np.array([[4.0], [2.0], [50.0], [50.0], [1.0], [np.nan]])
    found = losses.tenths(places, values, 1000)
    assert (found.lowest, found.highest, found.ratio) == (3.0, 1.0, 3.0)
    assert np.isnan(losses.tenths(places[2:4], values[2:4], 1000).ratio)


def test_even_timesteps_lie_in_the_middle_of_their_shares():
    assert even_timesteps(1000, 4) == [125, 375, 625, 875]
    assert even_timesteps(3, 10) == [0, 1, 2], "no more than there are"
    assert even_timesteps(1000, 0) == [500]
