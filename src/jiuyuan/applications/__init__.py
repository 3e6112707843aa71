"""An application from the day it is made to its decision (二): transitions, public notice, objections, the form."""
