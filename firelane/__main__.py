"""`python -m firelane`: the command, where its folder of scripts is not on the path."""

import os
import sys

if not sys.flags.safe_path and sys.path[:1] == [os.getcwd()]:
    # What lies in the working folder may bear the name of anything that the program needs.
    sys.path.append(sys.path.pop(0))

from firelane.command import main

main()
