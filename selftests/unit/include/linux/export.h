/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_EXPORT_H
#define UNIT_LINUX_EXPORT_H

#define EXPORT_SYMBOL_GPL(name)	_Static_assert(1, #name)

#endif /* UNIT_LINUX_EXPORT_H */
