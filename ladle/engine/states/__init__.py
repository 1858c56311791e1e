"""The state types, one module a family: each compiles a state of the definition into closures."""
