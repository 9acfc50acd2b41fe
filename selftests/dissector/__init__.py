# SPDX-License-Identifier: GPL-2.0
"""Packets for the dissector, and what it is to show of them."""
