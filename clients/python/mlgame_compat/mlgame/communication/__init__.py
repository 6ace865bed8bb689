"""What scripts of MLGame beta 6 import."""
