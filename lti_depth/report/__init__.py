"""Results → files: figures, the data behind them, claims as JSON, and one self-contained HTML page."""

from .files import claims_json, require_writable, write_atomically, write_results
from .numbers import short
from .page import page

__all__ = ["claims_json", "page", "require_writable", "short", "write_atomically", "write_results"]
