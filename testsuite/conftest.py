# SPDX-License-Identifier: Apache-2.0
"""Everything pytest has to know is in plugin.py; the machines, verdicts and results know no pytest (tool/)."""
pytest_plugins = ["testsuite.plugin"]
