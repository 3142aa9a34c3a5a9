# SPDX-License-Identifier: Apache-2.0
"""Everything pytest has to know is in plugin.py; the machines, verdicts and results know no pytest (tool/)."""
import os

from tool import paths

os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(paths.BUILD / ".hypothesis"))
pytest_plugins = ["testsuite.plugin"]
