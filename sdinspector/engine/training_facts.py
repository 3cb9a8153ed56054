"""What a caption says, read off the text encoder's states: a second task for the text stage.

Contrast alone keeps what tells pictures apart at a glance: a circle and a square of one colour it
takes for the same, and which of two objects stands on the left it keeps for the whole caption but
not in the states that cross-attention reads. So two linear heads must find these facts in the
states themselves; they are thrown away afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPTokenizer

from sdinspector.worlds import COLOURS, SHAPES, Sample
from sdinspector.worlds.scenes import ROLES

SHAPE_NAMES, COLOUR_NAMES = tuple(SHAPES), tuple(COLOURS)
UNKNOWN = -1
"""Target of what the caption leaves open; no loss."""


@dataclass(frozen=True)
class Facts:
    """What captions say, as classes, all int64.

    Attributes
    ----------
    by_role
        [captions, roles, 2]: shape and colour of the object in each of `ROLES`, counted from 1;
        0 where no object has the role, `UNKNOWN` for three objects, which have none.
    objects
        [objects, 4]: caption, position of the last token that names the object, shape, colour.
    ends
        [captions]: position of EOS.
    """

    by_role: Tensor
    objects: Tensor
    ends: Tensor


def read_facts(tokenizer: CLIPTokenizer, samples: Sequence[Sample]) -> Facts:
    """What the captions of samples say, and where in their tokens."""
    encoded = tokenizer([sample.text for sample in samples], return_offsets_mapping=True)
    by_role = torch.zeros(len(samples), len(ROLES), 2, dtype=torch.long)
    objects: list[list[int]] = []
    for index, sample in enumerate(samples):
        scene, spans = sample.drawing.scene, encoded["offset_mapping"][index]
        for number, (thing, role) in enumerate(zip(scene.things, scene.roles, strict=True)):
            shape, colour = SHAPE_NAMES.index(thing.shape), COLOUR_NAMES.index(thing.colour)
            if role in ROLES:
                by_role[index, ROLES.index(role)] = torch.tensor([shape + 1, colour + 1])
            else:
                by_role[index] = UNKNOWN
            last = max(
                mention.end
                for mention in sample.caption.mentions
                if mention.thing == number and mention.kind in ("shape", "colour")
            )
            token = max(i for i, (start, end) in enumerate(spans) if start < end and start < last)
            objects.append([index, token, shape, colour])
    ends = torch.tensor([len(ids) - 1 for ids in encoded["input_ids"]])
    return Facts(by_role, torch.tensor(objects), ends)


class FactHeads(nn.Module):
    """Two linear readers of text states.

    `of_object` reads shape and colour of an object at the last token that names it; `by_role`, at
    EOS or after it, shape and colour of the object in each role.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        kinds = len(SHAPE_NAMES) + len(COLOUR_NAMES)
        self.of_object = nn.Linear(width, kinds)
        self.by_role = nn.Linear(width, len(ROLES) * (kinds + 2))

    def forward(self, states: Tensor, facts: Facts, after: Tensor) -> tuple[Tensor, Tensor]:
        """Loss and the share of objects whose shape and colour are read rightly by role.

        Parameters
        ----------
        states
            Last hidden states [captions, tokens, width].
        facts
            What to find in them.
        after
            How far after EOS `by_role` reads, int64 [captions].
        """
        rows = torch.arange(len(states))
        at = (facts.ends + after).clamp(max=states.shape[1] - 1)
        read = self.by_role(states[rows, at]).view(len(states), len(ROLES), -1)
        shapes, colours = read.split((len(SHAPE_NAMES) + 1, len(COLOUR_NAMES) + 1), dim=-1)
        loss = _loss(shapes.flatten(0, 1), facts.by_role[..., 0].flatten())
        loss = loss + _loss(colours.flatten(0, 1), facts.by_role[..., 1].flatten())
        caption, token, shape, colour = facts.objects.unbind(1)
        own_shape, own_colour = self.of_object(states[caption, token]).split(
            (len(SHAPE_NAMES), len(COLOUR_NAMES)), dim=-1
        )
        loss = loss + 0.2 * (_loss(own_shape, shape) + _loss(own_colour, colour))
        told = facts.by_role[..., 0] > 0
        right = (shapes.argmax(-1) == facts.by_role[..., 0]) & (
            colours.argmax(-1) == facts.by_role[..., 1]
        )
        return loss, right[told].float().mean()


def _loss(logits: Tensor, targets: Tensor) -> Tensor:
    known = targets != UNKNOWN
    return (
        functional.cross_entropy(logits[known], targets[known]) if known.any() else logits.sum() * 0
    )
