"""The command that walks a picture up to noise and back: ``invert``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdinspector.cli.shared import Bar, Commands, check_early, command, model_options
from sdinspector.core import CaptureSpec

if TYPE_CHECKING:
    from sdinspector.recording import Recording


def add_commands(commands: Commands) -> None:
    """Add ``invert``."""
    invert = command(
        commands, "invert", _invert, "find the noise that makes a picture, by DDIM inversion"
    )
    invert.add_argument("picture", metavar="PICTURE")
    invert.add_argument("--prompt", required=True, metavar="TEXT", help="caption of the picture")
    invert.add_argument("--negative", default="", metavar="TEXT", help="negative prompt")
    invert.add_argument("--steps", type=int, default=50, help="of each way (default: 50)")
    invert.add_argument(
        "--guidance",
        type=float,
        default=1.0,
        metavar="S",
        help="on both ways (default: 1; above it the picture does not come back)",
    )
    invert.add_argument("--scheduler", default="ddim", metavar="ddim", help="no other can be")
    invert.add_argument("--width", type=int, default=0, help="0: the model's own (default)")
    invert.add_argument("--height", type=int, default=0, help="0: the model's own (default)")
    invert.add_argument(
        "--place",
        default="crop",
        choices=("crop", "pad", "fit"),
        help="how the picture is brought to that size (default: crop)",
    )
    model_options(invert)
    invert.add_argument(
        "--capture",
        default="attention,statistics",
        metavar="WHAT",
        help="of the way back, as for record (default: attention,statistics)",
    )
    invert.add_argument("--out", required=True, metavar="NAME.sdrec")
    invert.add_argument("--overwrite", action="store_true", help="replace a finished recording")
    invert.add_argument("--json", action="store_true", help="print JSON")


def _invert(options: argparse.Namespace) -> int:
    capture = CaptureSpec.parse(options.capture)
    check_early(options.out, overwrite=options.overwrite, picture=options.picture)
    from sdinspector.engine import invert, open_model

    with Bar(options.quiet or options.json) as bar:
        model = open_model(options.model, options.device, options.dtype, on_progress=bar.progress)
        recording = invert(
            model,
            options.picture,
            options.prompt,
            options.out,
            steps=options.steps,
            guidance_scale=options.guidance,
            negative_prompt=options.negative,
            width=options.width,
            height=options.height,
            how=options.place,
            scheduler=options.scheduler,
            capture=capture,
            overwrite=options.overwrite,
            on_step=lambda event: bar.show(
                "inverting" if event.upward else "denoising", event.step + 1, event.steps
            ),
        )
    about = _facts(recording)
    if options.json:
        print(json.dumps(about, indent=2, ensure_ascii=False))
        return 0
    print(_table(about))
    print(Path(recording.path))
    return 0


def _facts(recording: Recording) -> dict[str, Any]:
    from sdinspector.recording.inversion import figures_of

    spec = recording.spec
    return {
        "recording": str(recording.path),
        "prompt": spec.prompt,
        "guidance_scale": spec.guidance_scale,
        "width": spec.width,
        "height": spec.height,
        **figures_of(recording),
    }


def _table(about: dict[str, Any]) -> str:
    scale = about["guidance_scale"]
    lines = [
        f"picture: {about['width']} × {about['height']}, guidance {scale:g}",
        f"steps: {about['steps']} up and as many down",
        f"returned picture against the original:        {_likeness(about, '')}",
        f"returned picture against the VAE's own:       {_likeness(about, '_round_trip')}",
        f"what the VAE alone makes of the original:     {_likeness(about, '_vae')}",
        f"latent: ‖x̂₀ − x₀‖ = {about['latent_error']:.4g}, {about['relative_error']:.2%} of ‖x₀‖",
        f"way down against way up: at most {max(about['errors']):.2%} apart",
    ]
    if scale > 1.0:
        lines.append(
            "With guidance above 1 the way back departs from the way up; at 1 it comes back."
        )
    return "\n".join(lines)


def _likeness(about: dict[str, Any], which: str) -> str:
    psnr, ssim = about[f"psnr{which}"], about[f"ssim{which}"]
    if psnr is None:
        return "equal"
    return f"PSNR {psnr:.2f} dB" + ("" if ssim is None else f", SSIM {ssim:.4f}")
