"""Changes that act on some scheduler calls of a run, as plain data."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

EditKind: TypeAlias = Literal[
    "guidance", "prompt", "mute_head", "scale_token", "scale_channel", "patch"
]
EDIT_KINDS: tuple[str, ...] = get_args(EditKind)


@dataclass(frozen=True)
class Edit:
    """A change that acts on some scheduler calls of a run.

    Attributes
    ----------
    kind
        ``"guidance"`` (``value`` is the scale) and ``"prompt"`` (``value`` is the text) act now;
        a recording that names any other kind opens read-only.
    target
        What the change acts on (a module path, a head, a word); empty for the whole run.
    from_call, to_call
        First and last scheduler call concerned, both included; ``to_call`` ``None`` is the end.
    value
        The new value, of the kind's own type.
    """

    kind: str
    target: str = ""
    from_call: int = 0
    to_call: int | None = None
    value: Any = None

    def acts_on(self, call: int) -> bool:
        """Return whether this edit concerns scheduler call number ``call``."""
        return self.from_call <= call and (self.to_call is None or call <= self.to_call)

    def ended_before(self, call: int) -> Edit:
        """Return the same edit, which concerns no scheduler call from ``call`` on."""
        last = call - 1 if self.to_call is None else min(self.to_call, call - 1)
        return dataclasses.replace(self, to_call=last)

    def to_json(self) -> dict[str, Any]:
        """Return a dictionary that JSON can hold."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Edit:
        """Read what :meth:`to_json` wrote; unknown keys are ignored."""
        to_call = data.get("to_call")
        return cls(
            kind=str(data["kind"]),
            target=str(data.get("target") or ""),
            from_call=int(data.get("from_call") or 0),
            to_call=None if to_call is None else int(to_call),
            value=data.get("value"),
        )
