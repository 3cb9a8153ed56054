"""The actions that the window always has; those of the viewers come on top."""

from __future__ import annotations

from sdinspector.app.actions import ActionSpec
from sdinspector.app.texts import mark
from sdinspector.app.theme import THEMES

THEME_TITLES = {
    "system": mark("&As the desktop"),
    "light": mark("&Light"),
    "dark": mark("&Dark"),
}

#: (the window's method, the action)
COMMANDS: tuple[tuple[str, ActionSpec], ...] = (
    (
        "ask_recording",
        ActionSpec(
            "file.open-recording",
            mark("&Open recording…"),
            "file",
            ("Ctrl+O",),
            mark("Open a recording: the manifest.json in a folder NAME.sdrec, or a zip of one."),
            "open",
        ),
    ),
    (
        "show_recordings",
        ActionSpec(
            "file.recordings",
            mark("&Recordings…"),
            "file",
            ("Ctrl+Shift+O",),
            mark("Browse, open and delete what was recorded on this machine."),
            "recordings",
        ),
    ),
    (
        "ask_model",
        ActionSpec(
            "file.open-model",
            mark("Open &model folder…"),
            "file",
            ("Ctrl+M",),
            mark("Open a model in the diffusers layout."),
            "model",
            group=1,
        ),
    ),
    (
        "observe",
        ActionSpec(
            "file.observe",
            mark("O&bserve a picture…"),
            "file",
            ("Ctrl+B",),
            mark("Show the denoiser a picture of your own with a caption, at chosen timesteps."),
            "picture",
            group=1,
        ),
    ),
    (
        "invert",
        ActionSpec(
            "file.invert",
            mark("&Invert a picture…"),
            "file",
            ("Ctrl+Shift+I",),
            mark("Find the noise that makes a picture of your own, by DDIM inversion."),
            "loop",
            group=1,
        ),
    ),
    (
        "save_picture",
        ActionSpec(
            "file.save-picture",
            mark("&Save picture…"),
            "file",
            ("Ctrl+S",),
            mark("Save the decoded picture of the recording, with its settings in the file."),
            "save",
            group=2,
        ),
    ),
    (
        "export",
        ActionSpec(
            "file.export",
            mark("&Export…"),
            "file",
            ("Ctrl+E",),
            mark("Save what the view in front shows, as a picture or as numbers."),
            "export",
            group=2,
        ),
    ),
    (
        "close",
        ActionSpec("file.quit", mark("&Quit"), "file", ("Ctrl+Q",), mark("End."), group=3),
    ),
    (
        "run",
        ActionSpec(
            "run.run",
            mark("&Run"),
            "run",
            ("Ctrl+Return", "Ctrl+Enter"),
            mark("Run the prompt and record every step."),
            "run",
        ),
    ),
    (
        "stop",
        ActionSpec(
            "run.stop",
            mark("&Stop"),
            "run",
            ("Esc",),
            mark("Stop within one denoiser call; finished steps are kept."),
            "stop",
        ),
    ),
    (
        "new_seed",
        ActionSpec(
            "run.new-seed",
            mark("&New seed"),
            "run",
            ("Ctrl+D",),
            mark("Draw another seed for the first noise."),
            "seed",
            group=1,
        ),
    ),
    (
        "check_identity",
        ActionSpec(
            "run.check",
            mark("&Compare with the plain pipeline"),
            "run",
            ("Ctrl+I",),
            mark("Run plain diffusers with the same settings and compare the latents bit for bit."),
            "verified",
            group=2,
        ),
    ),
    (
        "focus_prompt",
        ActionSpec(
            "go.prompt",
            mark("To the &prompt"),
            "go",
            ("Ctrl+L",),
            mark("Put the cursor into the prompt."),
            "text",
        ),
    ),
    (
        "next_part",
        ActionSpec(
            "go.next-part",
            mark("&Next part of the window"),
            "go",
            ("F6",),
            mark("Go round the top bar, the docks and the view in front."),
        ),
    ),
    (
        "undo",
        ActionSpec(
            "go.back",
            mark("Selection &back"),
            "go",
            ("Alt+Left",),
            mark("Back to the step, word, layer and pixel that were selected before."),
            "back",
            group=1,
        ),
    ),
    (
        "redo",
        ActionSpec(
            "go.forward",
            mark("Selection &forward"),
            "go",
            ("Alt+Right",),
            mark("Forward again."),
            "forward",
            group=1,
        ),
    ),
    (
        "command_palette",
        ActionSpec(
            "view.palette",
            mark("&Command palette…"),
            "view",
            ("Ctrl+Shift+P",),
            mark("Every command by its name."),
            "command",
            group=8,
        ),
    ),
    (
        "set_smooth",
        ActionSpec(
            "view.smooth",
            mark("S&mooth pictures"),
            "view",
            (),
            mark("Enlarge pictures and x̂₀ previews smoothly; without it every pixel is seen."),
            checkable=True,
            group=6,
        ),
    ),
    (
        "reset_layout",
        ActionSpec(
            "view.reset-layout",
            mark("&Reset the layout"),
            "view",
            (),
            mark("Put all docks back where they belong."),
            group=9,
        ),
    ),
    (
        "toggle_full_screen",
        ActionSpec(
            "view.full-screen",
            mark("F&ull screen"),
            "view",
            ("F11",),
            mark("Use the whole screen."),
            group=9,
        ),
    ),
    (
        "show_shortcuts",
        ActionSpec(
            "help.shortcuts",
            mark("&Keyboard shortcuts"),
            "help",
            ("F1",),
            mark("All keys on one page."),
            "help",
        ),
    ),
    (
        "show_about",
        ActionSpec("help.about", mark("&About sdinspector"), "help", (), mark("Version."), "info"),
    ),
)

THEME_ACTIONS: tuple[tuple[str, ActionSpec], ...] = tuple(
    (
        name,
        ActionSpec(
            f"view.theme-{name}",
            THEME_TITLES[name],
            "view",
            tip=mark("Colours of the window."),
            radio="theme",
            group=7,
            submenu=mark("&Theme"),
        ),
    )
    for name in THEMES
)

LANGUAGE_ACTIONS: tuple[tuple[str, ActionSpec], ...] = tuple(
    (
        name,
        ActionSpec(
            f"view.language-{name}",
            title,
            "view",
            tip=mark("Language of the window, from the next start on."),
            radio="language",
            group=7,
            submenu=mark("&Language"),
        ),
    )
    for name, title in (
        ("system", mark("&As the desktop")),
        ("en", mark("&English")),
        ("zh_CN", mark("简体中文")),
    )
)
