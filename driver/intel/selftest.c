// SPDX-License-Identifier: GPL-2.0
/* What ethtool -t and -p do to the Intel devices. */

#include <linux/delay.h>
#include <linux/ethtool.h>

#include "intel.h"

/* A register, and which of its bits keep what is written to them. */
struct intel_test_reg {
	u32 reg;
	u32 bits;
};

/*
 * Each is written anew by a reset or the start of the device. Those of flow control
 * and TIPG are not among them: QEMU's models do not keep all of their bits.
 */
static const struct intel_test_reg intel_test_regs[] = {
	{ E1000_VET, 0x0000ffff },
	{ E1000_RDBAL, 0xfffffff0 },
	{ E1000_RDBAH, 0xffffffff },
	{ E1000_RDLEN, 0x000fff80 },
	{ E1000_TDBAL, 0xfffffff0 },
	{ E1000_TDBAH, 0xffffffff },
	{ E1000_TDLEN, 0x000fff80 },
	{ E1000_MTA(0), 0xffffffff },
	{ E1000_MTA(E1000_MTA_WORDS - 1), 0xffffffff },
	{ E1000_VFTA(0), 0xffffffff },
	{ E1000_VFTA(E1000_VFTA_WORDS - 1), 0xffffffff },
	{ E1000_RAL(E1000_RA_COUNT - 1), 0xffffffff },
};

static bool intel_test_register(struct weftnic_adapter *ad,
				const struct intel_test_reg *test)
{
	static const u32 patterns[] = { 0x5a5a5a5a, 0xa5a5a5a5, 0, 0xffffffff };
	u32 before = weftnic_read(ad, test->reg);
	bool good = true;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(patterns); i++) {
		weftnic_write(ad, test->reg, patterns[i] & test->bits);
		if ((weftnic_read(ad, test->reg) ^ patterns[i]) & test->bits)
			good = false;
	}
	weftnic_write(ad, test->reg, before);
	return good;
}

/**
 * intel_test_registers() - see whether registers keep what they are given
 * @ad: adapter, stopped; it is to be reset afterwards
 *
 * Process context. Return: 0 or -EIO, with the register in the log.
 */
int intel_test_registers(struct weftnic_adapter *ad)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(intel_test_regs); i++) {
		if (intel_test_register(ad, &intel_test_regs[i]))
			continue;
		netif_err(ad, drv, ad->netdev, "register %05x does not keep what is written\n",
			  intel_test_regs[i].reg);
		err = -EIO;
	}
	return err;
}

/**
 * intel_set_led() - make the port's lights on or off, or their own again
 * @ad: adapter
 * @state: which of these
 *
 * rtnl held.
 */
void intel_set_led(struct weftnic_adapter *ad, enum ethtool_phys_id_state state)
{
	struct intel *intel = intel_priv(ad);

	switch (state) {
	case ETHTOOL_ID_ACTIVE:
		intel->ledctl = weftnic_read(ad, E1000_LEDCTL);
		break;
	case ETHTOOL_ID_INACTIVE:
		weftnic_write(ad, E1000_LEDCTL, intel->ledctl);
		break;
	case ETHTOOL_ID_ON:
		weftnic_write(ad, E1000_LEDCTL, E1000_LEDCTL_ALL_ON);
		break;
	case ETHTOOL_ID_OFF:
		weftnic_write(ad, E1000_LEDCTL, E1000_LEDCTL_ALL_OFF);
		break;
	}
}
