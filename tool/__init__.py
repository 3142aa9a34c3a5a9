# SPDX-License-Identifier: Apache-2.0
"""The command behind ./fencepost: pure functions with thin skins; nothing here knows pytest."""
