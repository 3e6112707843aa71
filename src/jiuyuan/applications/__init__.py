"""Applications from creation to decision (二): transitions, public notice, objections, the form."""
