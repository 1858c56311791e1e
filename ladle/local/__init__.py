"""Runs on this machine: tasks in this process, an AWS in memory, a store of runs."""
