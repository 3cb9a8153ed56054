"""Writing pictures, arrays and figures to files."""

from sdinspector.export.activations import (
    Side,
    activation_figure,
    branch_of,
    channels_figure,
    steps_figure,
)
from sdinspector.export.attention import (
    attention_figure,
    attention_sheet,
    average_figure,
    heads_figure,
    heads_table_figure,
    overlay,
)
from sdinspector.export.benches import (
    check_part,
    embedding_figure,
    encoded_figure,
    encoder_attention_figure,
    tokens_figure,
)
from sdinspector.export.figures import ENDINGS, about_of, export_figure, picture, save_picture
from sdinspector.export.guidance import (
    about_guidance,
    branches_figure,
    guidance_arrays,
    guidance_sheet,
    magnitude_figure,
    sweep_figure,
)
from sdinspector.export.inversion import (
    about_inversion,
    inversion_arrays,
    inversion_figure,
    inversion_table,
)
from sdinspector.export.listening import heard_figure, self_attention_figure
from sdinspector.export.recordings import (
    QUANTITIES,
    TITLES,
    Quantity,
    export_recording,
    latents_figure,
    latents_sheet,
    quantity_of,
)
from sdinspector.export.subjects import Subject, choose_layers, nearest, subjects_of, token_name

__all__ = [
    "ENDINGS",
    "QUANTITIES",
    "TITLES",
    "Quantity",
    "Side",
    "Subject",
    "about_guidance",
    "about_inversion",
    "about_of",
    "activation_figure",
    "attention_figure",
    "attention_sheet",
    "average_figure",
    "branch_of",
    "branches_figure",
    "channels_figure",
    "check_part",
    "choose_layers",
    "embedding_figure",
    "encoded_figure",
    "encoder_attention_figure",
    "export_figure",
    "export_recording",
    "guidance_arrays",
    "guidance_sheet",
    "heads_figure",
    "heads_table_figure",
    "heard_figure",
    "inversion_arrays",
    "inversion_figure",
    "inversion_table",
    "latents_figure",
    "latents_sheet",
    "magnitude_figure",
    "nearest",
    "overlay",
    "picture",
    "quantity_of",
    "save_picture",
    "self_attention_figure",
    "steps_figure",
    "subjects_of",
    "sweep_figure",
    "token_name",
    "tokens_figure",
]
