"""云中市, which there is not: a region by rules of its own, to see that nothing outside its folder knows of another one."""
