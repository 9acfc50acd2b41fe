// SPDX-License-Identifier: GPL-2.0
/*
 * The internal PHY by way of MDIC, link state and flow control. The MAC learns
 * speed and duplex from the PHY by itself (8.6).
 */

#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/ethtool.h>
#include <linux/iopoll.h>
#include <linux/mii.h>

#include "intel.h"

/* How long to ask for silence, in units of 512 bit times. */
#define INTEL_PAUSE_TIME	0x0680

/**
 * intel_phy_lock() - have the PHY for ourselves
 * @ad: adapter
 *
 * The firmware of a device that has one may use MDIO too, so that it has to be
 * asked (82574L datasheet, EXTCNF_CTRL). Process context; 40 ms at most.
 *
 * Return: 0, to be undone by intel_phy_unlock(), or -EBUSY.
 */
int intel_phy_lock(struct weftnic_adapter *ad)
{
	u32 reg = intel_priv(ad)->params->mdio_owner;
	unsigned int tries;

	mutex_lock(&ad->phy_lock);
	if (!reg)
		return 0;
	for (tries = 0; tries < 20; tries++) {
		u32 val = weftnic_read(ad, reg);

		weftnic_write(ad, reg, val | E1000_EXTCNF_MDIO_SW);
		if (weftnic_read(ad, reg) & E1000_EXTCNF_MDIO_SW)
			return 0;
		usleep_range(1000, 2000);
	}
	mutex_unlock(&ad->phy_lock);
	return -EBUSY;
}

/**
 * intel_phy_unlock() - let others use the PHY again
 * @ad: adapter; intel_phy_lock() has succeeded
 */
void intel_phy_unlock(struct weftnic_adapter *ad)
{
	u32 reg = intel_priv(ad)->params->mdio_owner;

	if (reg)
		weftnic_write(ad, reg,
			      weftnic_read(ad, reg) & ~E1000_EXTCNF_MDIO_SW);
	mutex_unlock(&ad->phy_lock);
}

/* One MDIO transaction (13.4.7). intel_phy_lock() held; bounded to 2 ms. */
static int intel_mdio(struct weftnic_adapter *ad, u32 mdic, u16 *val)
{
	int err;

	mdic |= FIELD_PREP(E1000_MDIC_PHY, E1000_PHY_ADDR);
	weftnic_write(ad, E1000_MDIC, mdic);
	err = read_poll_timeout(weftnic_read, mdic, mdic & E1000_MDIC_READY,
				20, 2000, false, ad, E1000_MDIC);
	if (err || mdic & E1000_MDIC_ERROR)
		return -EIO;
	if (val)
		*val = FIELD_GET(E1000_MDIC_DATA, mdic);
	return 0;
}

static int intel_mdio_read(struct weftnic_adapter *ad, u8 reg, u16 *val)
{
	return intel_mdio(ad, E1000_MDIC_OP_READ |
			  FIELD_PREP(E1000_MDIC_REG, reg), val);
}

static int intel_mdio_write(struct weftnic_adapter *ad, u8 reg, u16 val)
{
	return intel_mdio(ad, E1000_MDIC_OP_WRITE |
			  FIELD_PREP(E1000_MDIC_REG, reg) |
			  FIELD_PREP(E1000_MDIC_DATA, val), NULL);
}

/**
 * intel_phy_probe() - see whether a PHY answers
 * @ad: adapter
 *
 * Process context.
 *
 * Return: 0, -EBUSY, -EIO or -ENODEV.
 */
int intel_phy_probe(struct weftnic_adapter *ad)
{
	u16 id;
	int err;

	err = intel_phy_lock(ad);
	if (err)
		return err;
	err = intel_mdio_read(ad, MII_PHYSID1, &id);
	intel_phy_unlock(ad);
	if (!err && (id == 0 || id == 0xffff))
		err = -ENODEV;
	if (err)
		dev_err(&ad->pdev->dev, "PHY does not answer\n");
	return err;
}

/**
 * intel_phy_enable() - let the MAC follow the PHY
 * @ad: adapter, just reset
 */
void intel_phy_enable(struct weftnic_adapter *ad)
{
	u32 ctrl;

	spin_lock_bh(&ad->filter_lock);
	ctrl = weftnic_read(ad, E1000_CTRL);
	ctrl &= ~(E1000_CTRL_FRCSPD | E1000_CTRL_FRCDPX);
	weftnic_write(ad, E1000_CTRL, ctrl | E1000_CTRL_SLU);
	spin_unlock_bh(&ad->filter_lock);
}

/* What was negotiated of pause frames, or without negotiation asked for. */
static void intel_resolve_pause(struct weftnic_adapter *ad,
				struct weftnic_link *link)
{
	u16 local = 0, partner = 0;
	u8 cap;

	if (!ad->pause_autoneg) {
		link->rx_pause = ad->rx_pause;
		link->tx_pause = ad->tx_pause;
		return;
	}
	if (link->duplex != DUPLEX_FULL)
		return;
	if (intel_phy_lock(ad))
		return;
	if (intel_mdio_read(ad, MII_ADVERTISE, &local) ||
	    intel_mdio_read(ad, MII_LPA, &partner))
		local = 0;
	intel_phy_unlock(ad);
	cap = mii_resolve_flowctrl_fdx(local, partner);
	link->rx_pause = cap & FLOW_CTRL_RX;
	link->tx_pause = cap & FLOW_CTRL_TX;
}

/* Flow control thresholds and the two enables (13.4.1, 13.4.23, 13.4.24). */
static void intel_apply_pause(struct weftnic_adapter *ad,
			      const struct weftnic_link *link)
{
	const struct intel_params *params = intel_priv(ad)->params;
	u32 old, ctrl;

	spin_lock_bh(&ad->filter_lock);
	old = weftnic_read(ad, E1000_CTRL);
	ctrl = old & ~(E1000_CTRL_RFCE | E1000_CTRL_TFCE);
	if (link->rx_pause)
		ctrl |= E1000_CTRL_RFCE;
	if (link->tx_pause)
		ctrl |= E1000_CTRL_TFCE;
	if (ctrl != old) {
		/* 01:80:c2:00:00:01, EtherType 8808 */
		weftnic_write(ad, E1000_FCAL, 0x00c28001);
		weftnic_write(ad, E1000_FCAH, 0x0100);
		weftnic_write(ad, E1000_FCT, 0x8808);
		weftnic_write(ad, E1000_FCTTV, INTEL_PAUSE_TIME);
		weftnic_write(ad, E1000_FCRTH,
			      link->tx_pause ? params->pause_high : 0);
		weftnic_write(ad, E1000_FCRTL, link->tx_pause ?
			      params->pause_low | E1000_FCRTL_XONE : 0);
		weftnic_write(ad, E1000_CTRL, ctrl);
	}
	spin_unlock_bh(&ad->filter_lock);
}

/**
 * intel_link() - find the link's state and make flow control agree with it
 * @ad: adapter
 * @link: result
 *
 * Process context; takes phy_lock.
 */
void intel_link(struct weftnic_adapter *ad, struct weftnic_link *link)
{
	static const u32 speeds[] = { SPEED_10, SPEED_100, SPEED_1000,
				      SPEED_1000 };
	u32 status = weftnic_read(ad, E1000_STATUS);

	memset(link, 0, sizeof(*link));
	if (!ad->regs || !(status & E1000_STATUS_LU))
		return;
	link->up = true;
	link->speed = speeds[FIELD_GET(E1000_STATUS_SPEED, status)];
	link->duplex = status & E1000_STATUS_FD ? DUPLEX_FULL : DUPLEX_HALF;
	intel_resolve_pause(ad, link);
	intel_apply_pause(ad, link);
}

/* All speeds but 1000 Mbit/s half duplex, which no partner offers any more. */
static u32 intel_modes(void)
{
	return mii_adv_to_ethtool_adv_t(ADVERTISE_ALL) |
	       mii_ctrl1000_to_ethtool_adv_t(ADVERTISE_1000FULL);
}

/**
 * intel_get_link_ksettings() - link settings from the PHY's registers
 * @ad: adapter
 * @ks: result
 *
 * rtnl held. Return: 0, -EBUSY or -EIO.
 */
int intel_get_link_ksettings(struct weftnic_adapter *ad,
			     struct ethtool_link_ksettings *ks)
{
	const u32 supported = intel_modes() | SUPPORTED_Autoneg |
			      SUPPORTED_TP | SUPPORTED_Pause |
			      SUPPORTED_Asym_Pause;
	u16 bmcr, adv, ctrl1000, lpa, stat1000;
	u32 mine, partner;
	int err;

	err = intel_phy_lock(ad);
	if (err)
		return err;
	err = intel_mdio_read(ad, MII_BMCR, &bmcr) ?:
	      intel_mdio_read(ad, MII_ADVERTISE, &adv) ?:
	      intel_mdio_read(ad, MII_CTRL1000, &ctrl1000) ?:
	      intel_mdio_read(ad, MII_LPA, &lpa) ?:
	      intel_mdio_read(ad, MII_STAT1000, &stat1000);
	intel_phy_unlock(ad);
	if (err)
		return err;

	mine = ADVERTISED_TP | mii_adv_to_ethtool_adv_t(adv) |
	       mii_ctrl1000_to_ethtool_adv_t(ctrl1000);
	partner = mii_lpa_to_ethtool_lpa_t(lpa) |
		  mii_stat1000_to_ethtool_lpa_t(stat1000);
	if (bmcr & BMCR_ANENABLE)
		mine |= ADVERTISED_Autoneg;
	ethtool_convert_legacy_u32_to_link_mode(ks->link_modes.supported,
						supported);
	ethtool_convert_legacy_u32_to_link_mode(ks->link_modes.advertising,
						mine);
	ethtool_convert_legacy_u32_to_link_mode(ks->link_modes.lp_advertising,
						partner);
	ks->base.port = PORT_TP;
	ks->base.phy_address = E1000_PHY_ADDR;
	ks->base.autoneg = bmcr & BMCR_ANENABLE ? AUTONEG_ENABLE :
						  AUTONEG_DISABLE;
	ks->base.speed = ad->link.up ? ad->link.speed : SPEED_UNKNOWN;
	ks->base.duplex = ad->link.up ? ad->link.duplex : DUPLEX_UNKNOWN;
	return 0;
}

/* Advertise, and negotiate. intel_phy_lock() held. */
static int intel_negotiate(struct weftnic_adapter *ad, u32 modes)
{
	u16 adv = ADVERTISE_CSMA | ethtool_adv_to_mii_adv_t(modes);
	u16 ctrl1000 = ethtool_adv_to_mii_ctrl1000_t(modes);

	return intel_mdio_write(ad, MII_ADVERTISE, adv) ?:
	       intel_mdio_write(ad, MII_CTRL1000, ctrl1000) ?:
	       intel_mdio_write(ad, MII_BMCR, BMCR_SPEED1000 | BMCR_FULLDPLX |
				BMCR_ANENABLE | BMCR_ANRESTART);
}

/* Force speed and duplex; the PHY takes them on its reset. intel_phy_lock() held. */
static int intel_force(struct weftnic_adapter *ad, u32 speed, u8 duplex)
{
	u16 bmcr = BMCR_RESET;

	if (speed == SPEED_100)
		bmcr |= BMCR_SPEED100;
	else if (speed != SPEED_10)
		return -EINVAL;
	if (duplex == DUPLEX_FULL)
		bmcr |= BMCR_FULLDPLX;
	return intel_mdio_write(ad, MII_BMCR, bmcr);
}

/**
 * intel_set_link_ksettings() - choose what to advertise, or a fixed mode
 * @ad: adapter
 * @ks: settings; 1000 Mbit/s cannot be forced, since it needs negotiation
 *
 * rtnl held. Return: 0, -EINVAL for what the PHY cannot do, -EBUSY, -EIO.
 */
int intel_set_link_ksettings(struct weftnic_adapter *ad,
			     const struct ethtool_link_ksettings *ks)
{
	const u32 all = intel_modes();
	const u32 extra = ADVERTISED_Autoneg | ADVERTISED_TP | ADVERTISED_MII |
			  ADVERTISED_Pause | ADVERTISED_Asym_Pause;
	u32 modes;
	int err;

	if (ks->base.port != PORT_TP)
		return -EINVAL;
	if (ks->base.autoneg != AUTONEG_ENABLE) {
		err = intel_phy_lock(ad);
		if (err)
			return err;
		err = intel_force(ad, ks->base.speed, ks->base.duplex);
		intel_phy_unlock(ad);
		return err;
	}
	if (!ethtool_convert_link_mode_to_legacy_u32(&modes,
						     ks->link_modes.advertising))
		return -EINVAL;
	if (modes & ~(all | extra) || !(modes & all))
		return -EINVAL;
	err = intel_phy_lock(ad);
	if (err)
		return err;
	err = intel_negotiate(ad, modes);
	intel_phy_unlock(ad);
	return err;
}

/**
 * intel_restart_autoneg() - negotiate again
 * @ad: adapter
 *
 * rtnl held. Return: 0, -EINVAL if negotiation is off, -EBUSY, -EIO.
 */
int intel_restart_autoneg(struct weftnic_adapter *ad)
{
	u16 bmcr;
	int err;

	err = intel_phy_lock(ad);
	if (err)
		return err;
	err = intel_mdio_read(ad, MII_BMCR, &bmcr);
	if (!err && !(bmcr & BMCR_ANENABLE))
		err = -EINVAL;
	if (!err)
		err = intel_mdio_write(ad, MII_BMCR, bmcr | BMCR_ANRESTART);
	intel_phy_unlock(ad);
	return err;
}

/**
 * intel_set_pause() - advertise pause frames as the adapter's settings ask
 * @ad: adapter
 *
 * rtnl held. The link is looked at anew once negotiation is over.
 *
 * Return: 0, -EBUSY or -EIO.
 */
int intel_set_pause(struct weftnic_adapter *ad)
{
	u8 cap = (ad->rx_pause ? FLOW_CTRL_RX : 0) |
		 (ad->tx_pause ? FLOW_CTRL_TX : 0);
	u16 adv, old, bmcr;
	int err;

	err = intel_phy_lock(ad);
	if (err)
		return err;
	err = intel_mdio_read(ad, MII_ADVERTISE, &old) ?:
	      intel_mdio_read(ad, MII_BMCR, &bmcr);
	if (err)
		goto out;
	adv = old & ~(ADVERTISE_PAUSE_CAP | ADVERTISE_PAUSE_ASYM);
	adv |= mii_advertise_flowctrl(cap);
	if (adv == old)
		goto out;
	err = intel_mdio_write(ad, MII_ADVERTISE, adv);
	if (!err && bmcr & BMCR_ANENABLE)
		err = intel_mdio_write(ad, MII_BMCR, bmcr | BMCR_ANRESTART);
out:
	intel_phy_unlock(ad);
	return err;
}

/* The PHY's control register in a loop, and what it was before in @intel. */
static int intel_phy_loop(struct weftnic_adapter *ad, bool on)
{
	struct intel *intel = intel_priv(ad);
	u16 bmcr;
	int err;

	err = intel_mdio_read(ad, MII_BMCR, &bmcr);
	if (err || on == !!(bmcr & BMCR_LOOPBACK))
		return err;
	if (on) {
		intel->bmcr = bmcr;
		bmcr = BMCR_LOOPBACK | BMCR_SPEED1000 | BMCR_FULLDPLX;
	} else {
		bmcr = intel->bmcr | (intel->bmcr & BMCR_ANENABLE ?
				      BMCR_ANRESTART : BMCR_RESET);
	}
	return intel_mdio_write(ad, MII_BMCR, bmcr);
}

/* The MAC is told the speed, since there is no partner to agree on one with. */
static void intel_force_mac(struct weftnic_adapter *ad)
{
	spin_lock_bh(&ad->filter_lock);
	weftnic_write(ad, E1000_CTRL, weftnic_read(ad, E1000_CTRL) |
		      E1000_CTRL_FRCSPD | E1000_CTRL_FRCDPX |
		      E1000_CTRL_SPD_1000 | E1000_CTRL_FD | E1000_CTRL_SLU);
	spin_unlock_bh(&ad->filter_lock);
}

/**
 * intel_set_loopback() - let the PHY send back what it is given, or the line
 * @ad: adapter
 * @on: send it back
 *
 * What was negotiated or chosen before is again afterwards. rtnl held.
 *
 * Return: 0, -EBUSY or -EIO.
 */
int intel_set_loopback(struct weftnic_adapter *ad, bool on)
{
	int err;

	err = intel_phy_lock(ad);
	if (err)
		return err;
	err = intel_phy_loop(ad, on);
	intel_phy_unlock(ad);
	if (err)
		return err;
	if (on)
		intel_force_mac(ad);
	else
		intel_phy_enable(ad);
	return 0;
}
