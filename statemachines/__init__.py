"""Workflows: one state machine each, with its compiled definition beside it."""
