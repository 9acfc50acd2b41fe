// SPDX-License-Identifier: GPL-2.0
/* EEPROM: 64 words, the first three of them the MAC address (5.6). */

#include <linux/bitfield.h>
#include <linux/etherdevice.h>
#include <linux/iopoll.h>

#include "intel.h"

/* All words add up to this, modulo 65536 (5.6.35). */
#define INTEL_EEPROM_SUM	0xbaba

/**
 * intel_read_eeprom() - read a word
 * @ad: adapter
 * @offset: which, below INTEL_EEPROM_WORDS
 * @word: result, in CPU byte order
 *
 * Process context; takes a millisecond at most.
 *
 * Return: 0, or -EIO if the EEPROM does not answer.
 */
int intel_read_eeprom(struct weftnic_adapter *ad, u16 offset, u16 *word)
{
	const struct intel_params *params = intel_priv(ad)->params;
	u32 eerd;
	int err;

	weftnic_write(ad, E1000_EERD,
		      (u32)offset << params->eerd_addr_shift | E1000_EERD_START);
	err = read_poll_timeout(weftnic_read, eerd, eerd & params->eerd_done,
				5, 1000, false, ad, E1000_EERD);
	if (err || !ad->regs)
		return -EIO;
	*word = FIELD_GET(E1000_EERD_DATA, eerd);
	return 0;
}

/**
 * intel_test_eeprom() - see whether the EEPROM's words add up
 * @ad: adapter
 *
 * Process context. Return: 0, -EIO if it does not answer, -EBADMSG.
 */
int intel_test_eeprom(struct weftnic_adapter *ad)
{
	u16 word, sum = 0;
	unsigned int i;
	int err;

	for (i = 0; i < INTEL_EEPROM_WORDS; i++) {
		err = intel_read_eeprom(ad, i, &word);
		if (err)
			return err;
		sum += word;
	}
	return sum == INTEL_EEPROM_SUM ? 0 : -EBADMSG;
}

/**
 * intel_read_mac() - give the net_device its address
 * @ad: adapter
 *
 * An EEPROM with a wrong checksum or a bad address is reported, and a random
 * address taken, since the device works without. Process context.
 *
 * Return: 0, or -EIO if the EEPROM cannot be read.
 */
int intel_read_mac(struct weftnic_adapter *ad)
{
	struct device *dev = &ad->pdev->dev;
	u8 addr[ETH_ALEN];
	unsigned int i;
	u16 word;
	int err;

	err = intel_test_eeprom(ad);
	for (i = 0; i < ETH_ALEN / 2 && err != -EIO; i++) {
		if (intel_read_eeprom(ad, i, &word))
			err = -EIO;
		addr[2 * i] = word;
		addr[2 * i + 1] = word >> 8;
	}
	if (err == -EIO) {
		dev_err(dev, "EEPROM does not answer\n");
		return err;
	}

	if (!err && is_valid_ether_addr(addr)) {
		eth_hw_addr_set(ad->netdev, addr);
	} else {
		eth_hw_addr_random(ad->netdev);
		dev_warn(dev, "EEPROM is damaged (address %pM): using a random address\n",
			 addr);
	}
	ether_addr_copy(ad->netdev->perm_addr, ad->netdev->dev_addr);
	return 0;
}
