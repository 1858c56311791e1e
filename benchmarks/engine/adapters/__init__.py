"""One adapter an engine: `prepare(definition) -> run`, where `run(input)` gives the output or raises.

Each module is imported in a process of its own, by the interpreter that has the engine.
"""
