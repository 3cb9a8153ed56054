"""What a recording's manifest says, under the names that readers use."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from sdinspector.core import Preview, RunSpec, Token
from sdinspector.recording.layout import RUN_KINDS, VERSION
from sdinspector.recording.manifest import Manifest


class Described(ABC):
    """Gives the parts of a checked manifest as read-only attributes."""

    @abstractmethod
    def _described(self) -> Manifest:
        """Return the manifest as it was read last."""

    @property
    def manifest(self) -> dict[str, Any]:
        """All of ``manifest.json``, unknown keys included; not to be changed."""
        return self._described().raw

    @property
    def id(self) -> str:
        """Identity of the recording, kept when it is copied or renamed."""
        return self._described().id

    @property
    def version(self) -> int:
        """Version of the format."""
        return VERSION

    @property
    def kind(self) -> str:
        """What made it, one of ``layout.KINDS``: ``"run"`` or ``"inversion"`` for example."""
        return self._described().kind

    @property
    def is_run(self) -> bool:
        """Whether its calls are those of one run: a prompt's, or an inverted picture's way back."""
        return self.kind in RUN_KINDS

    @property
    def created(self) -> str:
        """When it was begun, ISO 8601 in UTC."""
        return self._described().created

    @property
    def error(self) -> str | None:
        """What went wrong in a failed run."""
        return self._described().error

    @property
    def spec(self) -> RunSpec:
        """What the run was asked to do."""
        return self._described().spec

    @property
    def model(self) -> dict[str, Any]:
        """Source, class, dtype, device and digest of the model."""
        return self._described().model

    @property
    def tokens(self) -> dict[str, tuple[Token, ...]]:
        """Tokens by branch and encoder: ``"cond"``, ``"uncond"``, ``"cond_2"``, and so on."""
        return self._described().tokens

    @property
    def preview(self) -> Preview | None:
        """Linear latent to RGB map."""
        return self._described().preview

    @property
    def layers(self) -> dict[str, dict[str, Any]]:
        """What is known of each captured layer, by module path."""
        return self._described().layers

    @property
    def parent(self) -> dict[str, Any] | None:
        """Of a fork: the recording it left."""
        return self._described().parent

    @property
    def read_only(self) -> bool:
        """Whether it holds edits that this version cannot act on, so that it cannot be forked."""
        return bool(self.spec.unknown_edits())
