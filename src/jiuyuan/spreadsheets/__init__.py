"""Files of rows and columns as people send them, as rows of cells. Pure Python: it knows nothing of the trade."""
