"""The rules of the language, one topic a module. Each is a function from a :class:`Context` to problems."""
