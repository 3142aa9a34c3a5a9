# SPDX-License-Identifier: Apache-2.0
"""
The tests that run in guests. There is no code here: the items come from the records in the built guest images
(TEST in guests/<suite>/*.c), so that a new test is a change in one C file.

    pytest testsuite/guests.py --collect-only -q
    pytest 'testsuite/guests.py::mps3-an536::evtchn::send_on_unbound_port_is_dropped_silently[window]'
"""
