"""The commands of single parts: ``encode`` (VAE) and ``tokens`` (tokenizer and text encoder)."""

from __future__ import annotations

import argparse
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sdinspector.analysis import embeddings, latents
from sdinspector.cli.shared import Bar, Commands, command, model_options, usage
from sdinspector.core import InspectorError
from sdinspector.core.text_states import TextStates
from sdinspector.export import files
from sdinspector.recording.layout import IMAGE

if TYPE_CHECKING:
    from sdinspector.recording import Recording

_NAMES = ("latent.png", "latent.npz", "reconstruction.png", "encode.sdrec")


def add_commands(commands: Commands) -> None:
    """Add ``encode`` and ``tokens``."""
    encode = command(commands, "encode", _encode, "send a picture through the VAE and back")
    encode.add_argument("picture", metavar="PICTURE")
    model_options(encode)
    encode.add_argument("--out", required=True, metavar="FOLDER", help="where the files go")
    encode.add_argument(
        "--place",
        default="crop",
        choices=("crop", "pad", "fit"),
        help="how it is brought to a size that the VAE takes (default: crop)",
    )
    encode.add_argument("--width", type=int, default=0, help="0: the picture's own (default)")
    encode.add_argument("--height", type=int, default=0, help="0: the picture's own (default)")
    encode.add_argument(
        "--sample", type=int, metavar="SEED", help="a sample of the posterior, not its mean"
    )
    encode.add_argument("--overwrite", action="store_true")
    encode.add_argument("--json", action="store_true", help="print JSON")

    tokens = command(commands, "tokens", _tokens, "show a prompt's tokens and embeddings")
    tokens.add_argument("prompt", metavar="TEXT")
    model_options(tokens)
    tokens.add_argument("--clip-skip", type=int, default=0, metavar="N", help="leave layers out")
    tokens.add_argument("--near", type=int, default=0, metavar="N", help="nearest pieces of each")
    tokens.add_argument("--out", metavar="FILE", help="keep all: .npz, or a recording .sdrec")
    tokens.add_argument("--overwrite", action="store_true")
    tokens.add_argument("--json", action="store_true", help="print JSON")


# -- encode ----------------------------------------------------------------------------------


def _encode(options: argparse.Namespace) -> int:
    from sdinspector import engine
    from sdinspector.engine.picture_bench import record_picture

    folder = Path(options.out)
    if not options.overwrite:
        there = [name for name in _NAMES if (folder / name).exists()]
        if there:
            usage(f"{folder / there[0]} is there already; choose another folder or --overwrite.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InspectorError(
            "export.cannot-write",
            f"Cannot write {folder}: {reason}. Choose a folder that you may write to.",
            path=str(folder),
            reason=reason,
        ) from error
    with Bar(options.quiet or options.json) as bar:
        model = engine.open_model(
            options.model, options.device, options.dtype, on_progress=bar.progress
        )
        recording = record_picture(
            model,
            options.picture,
            folder / "encode.sdrec",
            overwrite=options.overwrite,
            how=options.place,
            width=options.width,
            height=options.height,
            seed=options.sample,
            on_tile=lambda done, total: bar.show("tiles", done, total),
        )
    arrays, _ = recording.capture(recording.captures[0])
    scaled, ranges = latents.as_pictures(arrays["latent"])
    about = _encode_facts(recording, arrays, ranges)
    kept = {name: arrays[name] for name in ("latent", "mean", "std")}
    files.save_npz(folder / "latent.npz", kept, about)
    files.save(folder / "latent.png", _png(_one_picture(scaled)))
    files.save(folder / "reconstruction.png", (recording.folder / IMAGE).read_bytes())
    if options.json:
        print(json.dumps({**about, "files": [str(folder / name) for name in _NAMES]}, indent=2))
        return 0
    print(_encode_table(about))
    for name in _NAMES:
        print(folder / name)
    return 0


def _png(picture: NDArray[np.uint8]) -> bytes:
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "PNG")
    return stream.getvalue()


def _one_picture(scaled: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return four channels as one RGBA picture, any other number side by side."""
    if len(scaled) == 4:
        return np.ascontiguousarray(np.moveaxis(scaled, 0, -1))
    return np.concatenate(list(scaled), axis=1)


def _encode_facts(recording: Recording, arrays: Any, ranges: Any) -> dict[str, Any]:
    about = recording.manifest["encode"]
    facts = latents.channel_facts(arrays["latent"])
    return {
        "picture": list(arrays["picture"].shape),
        "latent": [1, *arrays["latent"].shape],
        **about,
        "channels": [
            {"low": low, "high": high, **vars(fact)}
            for (low, high), fact in zip(ranges, facts, strict=True)
        ],
    }


def _encode_table(about: dict[str, Any]) -> str:
    height, width = about["picture"][:2]
    told = {"crop": "its middle was cut out and resized", "pad": "filled with grey at two sides"}
    how = told.get(about["placing"], "stretched") if about["placing"] else "as it is"
    shape = " × ".join(str(side) for side in about["latent"])
    psnr = "equal" if about["psnr"] is None else f"{about['psnr']:.2f} dB"
    ssim = "" if about["ssim"] is None else f", SSIM {about['ssim']:.4f}"
    lines = [
        f"picture: {width} × {height}, {how}",
        f"latent: {shape}, batch × channels × height × width"
        + (", in tiles" if about["tiled"] else ""),
        f"reconstruction: PSNR {psnr}{ssim}",
        "",
        "channel     mean      std     skew  kurtosis  distance from N(0, 1)",
    ]
    for number, channel in enumerate(about["channels"]):
        values = [channel[name] for name in ("mean", "std", "skewness", "kurtosis", "distance")]
        lines.append(f"{number:>7} " + " ".join(f"{value:8.3f}" for value in values))
    return "\n".join(lines)


# -- tokens ----------------------------------------------------------------------------------


def _tokens(options: argparse.Namespace) -> int:
    from sdinspector import engine
    from sdinspector.engine.text_layers import look_at_text, record_text

    ending = Path(options.out).suffix.lower() if options.out else ""
    if options.near < 0:
        usage(f"--near is how many pieces to name, from 0, not {options.near}.")
    if options.out and ending not in (".npz", ".sdrec"):
        usage(f"--out is a file .npz or a recording .sdrec, not {options.out}.")
    if options.out and not options.overwrite and Path(options.out).exists():
        usage(f"{options.out} is there already; choose another name or --overwrite.")
    with Bar(options.quiet or options.json) as bar:
        model = engine.open_model(
            options.model, options.device, options.dtype, on_progress=bar.progress
        )
    found = look_at_text(model, options.prompt, options.clip_skip, options.near)
    if ending == ".sdrec":
        record_text(
            model,
            options.prompt,
            options.out,
            clip_skip=options.clip_skip,
            overwrite=options.overwrite,
        )
    elif ending == ".npz":
        arrays = {
            "ids": found.ids,
            "embedding": found.embedding,
            "states": found.states,
            "attention": found.attention,
        }
        about = {"prompt": found.prompt, "clip_skip": options.clip_skip, "model": options.model}
        files.save_npz(Path(options.out), arrays, about)
    if options.json:
        print(json.dumps(_tokens_json(found), indent=2, ensure_ascii=False))
    else:
        print(_tokens_table(found))
    return 0


def _tokens_json(found: TextStates) -> dict[str, Any]:
    rows = [token.to_json() for token in found.tokens]
    for row, some in zip(rows, found.near, strict=False):
        row["near"] = [
            {"id": number, "piece": piece, "cosine": round(cosine, 6)}
            for number, piece, cosine in some
        ]
    return {
        "prompt": found.prompt,
        "tokens": rows,
        "shape": [1, *found.embedding.shape],
        "ids_shape": [1, len(rows)],
        "layers": len(found.attention),
        "heads": int(found.attention.shape[1]),
        "state_used": found.used,
        "cut": found.cut,
        "norms": [round(float(value), 6) for value in embeddings.norms(found.embedding)],
    }


def _tokens_table(found: TextStates) -> str:
    norms = embeddings.norms(found.embedding)
    wide = max(len(token.piece) for token in found.tokens)
    lines = [f"{'index':>5} {'id':>6}  {'piece':<{wide}}  {'kind':<7}  {'norm':>7}"]
    padding = 0
    for token, norm in zip(found.tokens, norms, strict=True):
        if token.kind == "padding":
            padding += 1
            continue
        line = (
            f"{token.index:>5} {token.id:>6}  {token.piece:<{wide}}  {token.kind:<7}  {norm:7.3f}"
        )
        if found.near:
            told = (f"{piece} {cosine:.2f}" for _, piece, cosine in found.near[token.index])
            line += "  " + ", ".join(told)
        lines.append(line)
    positions, width = found.embedding.shape
    if padding:
        first = positions - padding
        lines.append(f"{first:>5} … {positions - 1}: {padding} × padding")
    if found.cut:
        lines.append(f"cut, the encoder never sees it: {found.cut!r}")
    attention = " × ".join(str(side) for side in found.attention.shape)
    state = f"from state {found.used} of 0 to {len(found.states) - 1}"
    lines += [
        "",
        f"ids: 1 × {positions}, batch × tokens",
        f"embedding: 1 × {positions} × {width}, batch × tokens × width, {state}",
        f"attention: {attention}, layers × heads × asking × heard",
    ]
    return "\n".join(lines)
