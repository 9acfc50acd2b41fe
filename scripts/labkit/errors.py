# SPDX-License-Identifier: GPL-2.0
"""How the lab fails."""

# The lab's own failure, and a fault that a guest's kernel reported. Every other
# exit status of `exec` and `run` is the command's.
STATUS_FAULT = 123
STATUS_FAILURE = 125


class LabError(Exception):
    """A failure of the lab itself, told in one line."""

    status = STATUS_FAILURE


class GuestFault(LabError):
    """An oops, a warning or the like in a guest's log."""

    status = STATUS_FAULT
