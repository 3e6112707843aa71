"""Papers: the form of the notice's annex, the letters to applicants, and the seals on both.

Nothing here imports Django or reads the database: values in, PDF files out.
"""
