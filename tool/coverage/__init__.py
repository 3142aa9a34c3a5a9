# SPDX-License-Identifier: Apache-2.0
"""Which instructions of the hypervisor's image the suite executes, and which way its branches go."""
