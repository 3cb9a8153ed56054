"""Plain data and errors that every part shares; standard library and numpy alone."""

from sdinspector.core.costs import CaptureCost, capture_cost
from sdinspector.core.curves import curve_of, edits_of, make_curve
from sdinspector.core.edits import Edit
from sdinspector.core.errors import Cancelled, InspectorError
from sdinspector.core.figures import FigureSpec
from sdinspector.core.modules import (
    ModelCard,
    ModuleInfo,
    Preview,
    SkipConnection,
    denoiser_path,
    tree_path,
)
from sdinspector.core.progress import OnProgress, Progress, ShouldStop
from sdinspector.core.schedulers import SCHEDULERS, SchedulerChoice, find_scheduler
from sdinspector.core.spec import Branch, CaptureSpec, RunSpec, matches
from sdinspector.core.tokens import Token
from sdinspector.core.training import TrainingSpec
from sdinspector.core.verdicts import Verdict, verdict_of, worse

__all__ = [
    "SCHEDULERS",
    "Branch",
    "Cancelled",
    "CaptureCost",
    "CaptureSpec",
    "Edit",
    "FigureSpec",
    "InspectorError",
    "ModelCard",
    "ModuleInfo",
    "OnProgress",
    "Preview",
    "Progress",
    "RunSpec",
    "SchedulerChoice",
    "ShouldStop",
    "SkipConnection",
    "Token",
    "TrainingSpec",
    "Verdict",
    "capture_cost",
    "curve_of",
    "denoiser_path",
    "edits_of",
    "find_scheduler",
    "make_curve",
    "matches",
    "tree_path",
    "verdict_of",
    "worse",
]
