"""Figures (五(三)): each defined once, closed month by month, and what changed in a closed month afterwards."""
