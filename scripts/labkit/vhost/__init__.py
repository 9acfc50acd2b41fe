# SPDX-License-Identifier: GPL-2.0
"""A back end of virtio-net (vhost-user), well-behaved or hostile on demand."""
