"""Stands in for MLGame beta 6 where no MLGame is installed."""
