/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_ASM_BARRIER_H
#define UNIT_ASM_BARRIER_H

/* There is one thread only. */
#define mb()		__sync_synchronize()
#define dma_rmb()	__sync_synchronize()
#define dma_wmb()	__sync_synchronize()

#endif /* UNIT_ASM_BARRIER_H */
