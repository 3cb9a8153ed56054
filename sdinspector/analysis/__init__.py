"""Arithmetic on recorded arrays; numpy alone."""
