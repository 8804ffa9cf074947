"""Every setting of the product: rows in one table, read from the environment once, at start.

Each row holds the variable's name, default and description, and the rule that its value must keep.
"""

from config.settings.loading import load
from config.settings.row import SettingError
from config.settings.table import Settings, default, table

__all__ = ["SettingError", "Settings", "default", "load", "table"]
