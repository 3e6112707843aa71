"""Figures (五(三)): defined once, closed month by month, with later changes to closed months."""
