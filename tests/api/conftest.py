"""Fixtures of this folder; `api_making` has them and the helpers."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from api_making import make, refused, service, sfn  # noqa: F401
