"""Clew turns social-media threads into whole, checkable, citable documents."""
