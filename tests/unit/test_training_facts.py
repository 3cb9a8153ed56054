"""What captions say is found in their tokens, and a text encoder learns to keep it."""

from __future__ import annotations

import pytest
import torch

from sdinspector.engine.training_facts import (
    COLOUR_NAMES,
    SHAPE_NAMES,
    UNKNOWN,
    FactHeads,
    read_facts,
)
from sdinspector.engine.training_text import new_text_encoder, short_tokens, write_tokenizer
from sdinspector.worlds import ShapesWorld
from sdinspector.worlds.scenes import ROLES

WORLD = ShapesWorld(5)


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    texts = (WORLD.scene(i)[1].text for i in range(1500))
    return write_tokenizer(texts, tmp_path_factory.mktemp("words"))


def test_each_object_is_read_where_its_name_ends(tokenizer):
    samples = [WORLD[i] for i in range(60)]
    facts = read_facts(tokenizer, samples)
    assert len(facts.objects) == sum(len(s.drawing.scene.things) for s in samples)
    for caption, token, shape, colour in facts.objects.tolist():
        ids = tokenizer(samples[caption].text).input_ids
        word = tokenizer.decode([ids[token]]).strip()
        assert word in (SHAPE_NAMES[shape], COLOUR_NAMES[colour])
        things = samples[caption].drawing.scene.things
        assert (SHAPE_NAMES[shape], COLOUR_NAMES[colour]) in [(t.shape, t.colour) for t in things]
        assert ids[facts.ends[caption]] == tokenizer.eos_token_id
        assert tokenizer.eos_token_id not in ids[: facts.ends[caption]]


def test_roles_say_what_stands_where_and_three_objects_have_none(tokenizer):
    samples = [WORLD[i] for i in range(200)]
    facts = read_facts(tokenizer, samples)
    kinds = set()
    for sample, by_role in zip(samples, facts.by_role, strict=True):
        scene = sample.drawing.scene
        kinds.add(len(scene.things))
        if len(scene.things) == 3:
            assert bool((by_role == UNKNOWN).all())
            continue
        told = {
            ROLES[row]: (SHAPE_NAMES[shape - 1], COLOUR_NAMES[colour - 1])
            for row, (shape, colour) in enumerate(by_role.tolist())
            if shape
        }
        assert told == {
            role: (thing.shape, thing.colour)
            for role, thing in zip(scene.roles, scene.things, strict=True)
        }
    assert kinds == {1, 2, 3}


def test_an_encoder_learns_to_keep_the_facts(tokenizer):
    torch.manual_seed(0)
    encoder, samples = new_text_encoder(tokenizer, 32, 2), [WORLD[i] for i in range(12)]
    heads, facts = FactHeads(32), read_facts(tokenizer, samples)
    tokens = short_tokens(tokenizer, [s.text for s in samples], 30)
    assert tokens.shape == (12, 30)
    after = torch.zeros(12, dtype=torch.long)
    optimizer = torch.optim.Adam([*encoder.parameters(), *heads.parameters()], 3e-3)
    shares = []
    for _ in range(120):
        loss, right = heads(encoder(tokens).last_hidden_state, facts, after)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        shares.append(float(right))
    assert shares[0] < 0.5
    assert shares[-1] > 0.95
    gradient = encoder.get_input_embeddings().weight.grad
    assert gradient is not None
    assert float(gradient.abs().sum()) > 0.0


def test_captions_of_three_objects_alone_have_a_loss_too(tokenizer):
    samples = [s for s in (WORLD[i] for i in range(200)) if len(s.drawing.scene.things) == 3][:4]
    loss, _ = FactHeads(8)(
        torch.randn(4, 40, 8), read_facts(tokenizer, samples), torch.zeros(4, dtype=torch.long)
    )
    assert torch.isfinite(loss)
