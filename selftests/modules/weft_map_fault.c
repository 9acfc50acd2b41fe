// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings for DMA that fail: of those for devices of weftnic, the one whose number is
 * written to the parameter nth, counted from then on. It counts down; 0 says that none is to
 * fail. With the parameter lasting, it stays at 1, and all that follow fail, too.
 *
 * Pages of receive rings are mapped by the kernel's page pool, for the same devices. It maps
 * many at a time, and can do without some.
 */
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/ptrace.h>
#include <linux/string.h>

static int nth;
module_param(nth, int, 0600);
MODULE_PARM_DESC(nth, "the mapping that fails; 0: none");
static bool lasting;
module_param(lasting, bool, 0600);
MODULE_PARM_DESC(lasting, "all that follow fail, too");

/* In place of the kernel's. */
static dma_addr_t map_fault_map(struct device *dev, struct page *page, size_t offset,
				size_t size, enum dma_data_direction dir, unsigned long attrs)
{
	return DMA_MAPPING_ERROR;
}

static int map_fault_pre(struct kprobe *probe, struct pt_regs *regs)
{
	const struct device *dev = (void *)regs_get_kernel_argument(regs, 0);

	if (!nth || !dev->driver || strcmp(dev->driver->name, "weftnic"))
		return 0;
	if (nth > 1) {
		nth--;
		return 0;
	}
	if (!lasting)
		nth = 0;
	instruction_pointer_set(regs, (unsigned long)map_fault_map);
	return 1;
}

NOKPROBE_SYMBOL(map_fault_pre);

/* With one the probe is not optimized, which would leave no way to another function. */
static void map_fault_post(struct kprobe *probe, struct pt_regs *regs, unsigned long flags)
{
}

NOKPROBE_SYMBOL(map_fault_post);

static struct kprobe map_fault_probe = {
	.symbol_name	= "dma_map_page_attrs",
	.pre_handler	= map_fault_pre,
	.post_handler	= map_fault_post,
};

static int __init map_fault_init(void)
{
	return register_kprobe(&map_fault_probe);
}

static void __exit map_fault_exit(void)
{
	unregister_kprobe(&map_fault_probe);
}

module_init(map_fault_init);
module_exit(map_fault_exit);
MODULE_DESCRIPTION("Mappings of weftnic's for DMA that fail");
MODULE_LICENSE("GPL");
