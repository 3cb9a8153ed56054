"""What all tests share: a home of their own, no network, and tiny models."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from diffusers import StableDiffusionPipeline

    from sdinspector.engine import Model

# Before any import of the Hugging Face libraries: a test never reaches for the network.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")
# Tiny models gain nothing from a second thread, and on a busy machine threads wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session", autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep settings, recordings and caches of the tests away from the person's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SDINSPECTOR_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("HF_HOME", str(tmp_path_factory.mktemp("hub")))
        patch.setenv("HF_HUB_CACHE", str(tmp_path_factory.mktemp("hub-cache")))
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a CUDA device where there is none."""
    marked = [item for item in items if item.get_closest_marker("gpu")]
    if not marked:
        return
    import torch

    if not torch.cuda.is_available():
        for item in marked:
            item.add_marker(pytest.mark.skip(reason="needs a CUDA device"))


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a diffusers folder with the two-level tiny model (8×8 latents, 16×16 pictures)."""
    from tests import tiny

    return tiny.save(tiny.two_level_pipeline(), tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session")
def tiny4_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a diffusers folder with the tiny model of SD 1.x's shape (64×64 pictures)."""
    from tests import tiny

    return tiny.save(tiny.four_level_pipeline(), tmp_path_factory.mktemp("models") / "tiny4")


@pytest.fixture(scope="session")
def tiny_model(tiny_folder: Path) -> Iterator[Model]:
    """Return the two-level tiny model, opened by the engine on the CPU."""
    from sdinspector.engine import open_model

    model = open_model(str(tiny_folder), device="cpu")
    yield model
    model.close()


@pytest.fixture(scope="session")
def tiny4_model(tiny4_folder: Path) -> Iterator[Model]:
    """Return the four-level tiny model, opened by the engine on the CPU."""
    from sdinspector.engine import open_model

    model = open_model(str(tiny4_folder), device="cpu")
    yield model
    model.close()


@pytest.fixture
def tiny_pipeline() -> StableDiffusionPipeline:
    """Return a fresh two-level pipeline that a test may change as it likes."""
    from tests import tiny

    return tiny.two_level_pipeline()
