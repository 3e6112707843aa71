"""Paper: the form of the notice's annex, the letters to applicants, and the seals on both.

Nothing here knows Django or the database: values go in, PDF files come out.
"""
