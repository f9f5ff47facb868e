"""``python -m coarea`` is the command line."""

import sys

from coarea.cli.main import main

sys.exit(main())
