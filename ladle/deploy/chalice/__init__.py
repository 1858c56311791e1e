"""The only door to Chalice: a project's resources in `chalice deploy`, `package`, `delete` and `dev plan`.

Chalice has no plugin interface, but it finds what to do with a resource by the name of the resource's class.
`models` has the classes, and each of the others what one of Chalice's stages does with them; `install` puts
them in place, and `contract` says what all of this relies on.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from ladle.errors import LadleError

__all__ = ["attach"]


def attach(app: Any, root: str | Path | None = None) -> None:
    """Deploy the project's workflows and tasks with this Chalice app. The whole of `app.py` is:

        from chalice import Chalice
        from ladle.deploy.chalice import attach

        app = Chalice(app_name="nyc-flights")
        attach(app)

    `root` is the project's folder, by default that of the module that calls this. Does nothing but in the
    command `chalice` (which sets `AWS_CHALICE_CLI_MODE`), so that importing `app.py` costs nothing elsewhere.
    Raises LadleError when this Chalice is not one that Ladle knows how to extend.
    """
    if os.environ.get("AWS_CHALICE_CLI_MODE") != "true":
        return
    from ladle.deploy.chalice.contract import problems
    from ladle.deploy.chalice.install import install

    if found := problems():
        from chalice import __version__

        raise LadleError(
            f"Chalice {__version__} is not one that Ladle can extend: {'; '.join(found)}. "
            "Install a version that pyproject.toml names: pip install 'ladle[dev]'"
        )
    if root is None:
        caller = sys._getframe(1).f_globals.get("__file__")
        root = Path(caller).parent if caller else Path.cwd()
    install()
    app.ladle_root = Path(root).resolve()
