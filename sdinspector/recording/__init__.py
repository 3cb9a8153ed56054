"""Recordings: the format, its writer and its lazy reader; numpy and safetensors, no torch, no Qt."""
