"""Recordings: format, writer and lazy reader; numpy and safetensors, no torch, no Qt."""

from sdinspector.recording.archive import pack
from sdinspector.recording.cache import ReplayCache
from sdinspector.recording.calls import Call
from sdinspector.recording.layout import SUFFIX, ZIP_SUFFIX
from sdinspector.recording.library import RecordingSummary, list_recordings
from sdinspector.recording.reader import Recording
from sdinspector.recording.writer import RecordingWriter, add_capture, add_summary

__all__ = [
    "SUFFIX",
    "ZIP_SUFFIX",
    "Call",
    "Recording",
    "RecordingSummary",
    "RecordingWriter",
    "ReplayCache",
    "add_capture",
    "add_summary",
    "list_recordings",
    "pack",
]
