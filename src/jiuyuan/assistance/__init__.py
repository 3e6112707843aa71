"""How people on the register are helped (四(二), 四(三)): each thing a table on the engine of procedures."""
