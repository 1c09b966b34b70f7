"""Results and theorems → files: figures, the data behind them, claims as JSON, and self-contained HTML pages."""

from .files import claims_json, require_writable, write_atomically, write_results, write_theorems
from .numbers import short
from .page import page
from .theorems import theorems_json, theorems_page

__all__ = ["claims_json", "page", "require_writable", "short", "theorems_json", "theorems_page", "write_atomically",
           "write_results", "write_theorems"]
