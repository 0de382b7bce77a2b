"""The baselines: one module for each extractor, and the registry that names them."""

from onrecord.baselines.registry import System, UnknownSystemError, names, system

__all__ = ["System", "UnknownSystemError", "names", "system"]
