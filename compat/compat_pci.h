/* SPDX-License-Identifier: GPL-2.0 */
/* Before 6.8 an interrupt line was called legacy. */
#ifndef WEFT_COMPAT_PCI_H
#define WEFT_COMPAT_PCI_H

#include <linux/pci.h>

#ifndef PCI_IRQ_INTX
#define PCI_IRQ_INTX	PCI_IRQ_LEGACY
#endif

#endif /* WEFT_COMPAT_PCI_H */
