// SPDX-License-Identifier: GPL-2.0
/*
 * count: a plugin for QEMU's TCG that counts what a guest does between two marks:
 * instructions by their address, and accesses to devices. It is for scripts/bench-driver.
 *
 *	-plugin count.so,out=FILE[,time=on]
 *
 * A mark is the instruction that bench_mark() in mark.h makes, of which the guest sees
 * nothing. At the second of two the plugin writes to FILE
 *
 *	k ADDRESS N		N instructions in the 16 bytes at this address of the kernel
 *	u N			N instructions anywhere else
 *	r|w ADDRESS NAME N	N reads or writes of a device's register
 *	t NS			nanoseconds of the host between the marks
 *	end
 *
 * With time=on the guest runs as fast as without the plugin, and only t and end are written.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "mark.h"
#include "qemu_plugin.h"

/* --- instructions --------------------------------------------------------------------------- */

/* The kernel and its modules are in the last 2 GiB. Functions begin at multiples of 16. */
#define KERNEL 0xffffffff80000000ull
#define BUCKET 16
#define BUCKETS ((1ull << 31) / BUCKET)

static uint64_t *kernel;	/* a counter for each bucket */
static uint32_t *used;		/* the buckets that have been translated */
static size_t n_used;
static bool *is_used;
static uint64_t elsewhere;

static uint64_t *counter_of(uint64_t addr)
{
	uint32_t bucket;

	if (addr < KERNEL)
		return &elsewhere;
	bucket = (addr - KERNEL) / BUCKET;
	if (!is_used[bucket]) {
		is_used[bucket] = true;
		used[n_used++] = bucket;
	}
	return &kernel[bucket];
}

/* Memory that is there when it is touched. */
static void *room(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* --- accesses to devices --------------------------------------------------------------------- */

#define ACCESSES_MAX 256

static struct access {
	uint64_t addr;
	bool store;
	const char *name;
	uint64_t count;
} accesses[ACCESSES_MAX];
static size_t n_accesses;
static bool running;

static void access_seen(unsigned int cpu, uint32_t info, uint64_t vaddr, void *data)
{
	const struct qemu_plugin_hwaddr *hw;
	bool store = qemu_plugin_mem_is_store(info);
	uint64_t addr;
	size_t i;

	if (!running)
		return;
	hw = qemu_plugin_get_hwaddr(info, vaddr);
	if (!hw || !qemu_plugin_hwaddr_is_io(hw))
		return;
	addr = qemu_plugin_hwaddr_phys_addr(hw);
	for (i = 0; i < n_accesses; i++)
		if (accesses[i].addr == addr && accesses[i].store == store)
			break;
	if (i == ACCESSES_MAX)
		abort();
	if (i == n_accesses) {
		accesses[i].addr = addr;
		accesses[i].store = store;
		accesses[i].name = qemu_plugin_hwaddr_device_name(hw);
		accesses[i].count = 0;
		n_accesses++;
	}
	accesses[i].count++;
}

/* --- marks -------------------------------------------------------------------------------- */

static FILE *out;
static bool only_time;
static struct timespec begin;

static void write_counts(void)
{
	size_t i;

	for (i = 0; i < n_used; i++)
		if (kernel[used[i]])
			fprintf(out, "k %llx %llu\n", KERNEL + (uint64_t)used[i] * BUCKET,
				(unsigned long long)kernel[used[i]]);
	fprintf(out, "u %llu\n", (unsigned long long)elsewhere);
	for (i = 0; i < n_accesses; i++)
		fprintf(out, "%c %llx %s %llu\n", accesses[i].store ? 'w' : 'r',
			(unsigned long long)accesses[i].addr, accesses[i].name,
			(unsigned long long)accesses[i].count);
}

static void mark_seen(unsigned int cpu, void *data)
{
	struct timespec now;
	size_t i;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (running) {
		if (!only_time)
			write_counts();
		fprintf(out, "t %lld\nend\n", (now.tv_sec - begin.tv_sec) * 1000000000ll +
			now.tv_nsec - begin.tv_nsec);
		fflush(out);
	}
	running = !running;
	for (i = 0; i < n_used; i++)
		kernel[used[i]] = 0;
	elsewhere = 0;
	n_accesses = 0;
	clock_gettime(CLOCK_MONOTONIC, &begin);
}

static bool is_mark(const struct qemu_plugin_insn *insn)
{
	return qemu_plugin_insn_size(insn) == sizeof(bench_mark_bytes) &&
	       !memcmp(qemu_plugin_insn_data(insn), bench_mark_bytes, sizeof(bench_mark_bytes));
}

/* --- translation ------------------------------------------------------------------------------ */

static void translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	size_t i, n = qemu_plugin_tb_n_insns(tb);

	for (i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint64_t addr = qemu_plugin_insn_vaddr(insn);

		if (is_mark(insn))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, mark_seen, NO_REGS, NULL);
		if (only_time)
			continue;
		qemu_plugin_register_vcpu_insn_exec_inline(insn, ADD_U64, counter_of(addr), 1);
		if (addr >= KERNEL)
			qemu_plugin_register_vcpu_mem_cb(insn, access_seen, NO_REGS, MEM_RW, NULL);
	}
}

int qemu_plugin_version = 1;

int qemu_plugin_install(uint64_t id, const struct qemu_info *info, int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "out=", 4))
			out = fopen(argv[i] + 4, "w");
		else if (!strcmp(argv[i], "time=on"))
			only_time = true;
	}
	kernel = room(BUCKETS * sizeof(*kernel));
	used = room(BUCKETS * sizeof(*used));
	is_used = room(BUCKETS * sizeof(*is_used));
	if (!out || !kernel || !used || !is_used)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
