"""The page: what runs are and were, as views that a browser draws. A face: only the command imports it.

`answer` is the whole of it over plain values; `local` and `remote` are its doors, one on this machine and one
in the Chalice app. It imports neither compiler nor engine, so that it can travel.
"""
