"""The desk's forms. They validate nothing: services do, and their errors are shown at the fields."""
