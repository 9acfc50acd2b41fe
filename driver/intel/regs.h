/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Registers and descriptors of the 82540EM, after the "PCI/PCI-X Family of
 * Gigabit Ethernet Controllers Software Developer's Manual" (317453), most of
 * which the 82574L has too, and what it has besides, after the "82574 GbE
 * Controller Family Datasheet". Numbers in parentheses are sections of the
 * former. Offsets in bytes; all registers 32 bits.
 */
#ifndef WEFTNIC_INTEL_REGS_H
#define WEFTNIC_INTEL_REGS_H

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/types.h>

/* Device control (13.4.1) */
#define E1000_CTRL		0x00000
#define E1000_CTRL_FD		BIT(0)
#define E1000_CTRL_GIO_STOP	BIT(2)	/* 82574L: no more requests on the bus */
#define E1000_CTRL_SLU		BIT(6)
#define E1000_CTRL_SPD_1000	BIT(9)
#define E1000_CTRL_FRCSPD	BIT(11)
#define E1000_CTRL_FRCDPX	BIT(12)
#define E1000_CTRL_RST		BIT(26)
#define E1000_CTRL_RFCE		BIT(27)
#define E1000_CTRL_TFCE		BIT(28)
#define E1000_CTRL_VME		BIT(30)

/* Device status (13.4.2) */
#define E1000_STATUS		0x00008
#define E1000_STATUS_FD		BIT(0)
#define E1000_STATUS_LU		BIT(1)
#define E1000_STATUS_TXOFF	BIT(4)	/* the link partner has sent a pause frame */
#define E1000_STATUS_SPEED	GENMASK(7, 6)
#define E1000_STATUS_GIO	BIT(19)	/* 82574L: requests may be under way */

/* EEPROM read (13.4.4); address and done bit differ, see struct intel_params */
#define E1000_EERD		0x00014
#define E1000_EERD_START	BIT(0)
#define E1000_EERD_DATA		GENMASK(31, 16)

/* MDI control, the way to the PHY (13.4.7) */
#define E1000_MDIC		0x00020
#define E1000_MDIC_DATA		GENMASK(15, 0)
#define E1000_MDIC_REG		GENMASK(20, 16)
#define E1000_MDIC_PHY		GENMASK(25, 21)
#define E1000_MDIC_OP_WRITE	BIT(26)
#define E1000_MDIC_OP_READ	BIT(27)
#define E1000_MDIC_READY	BIT(28)
#define E1000_MDIC_ERROR	BIT(30)
#define E1000_PHY_ADDR		1

/* Flow control (13.4.8 to 13.4.10, 13.4.12, 13.4.23, 13.4.24) */
#define E1000_FCAL		0x00028
#define E1000_FCAH		0x0002c
#define E1000_FCT		0x00030
#define E1000_FCTTV		0x00170
#define E1000_FCRTL		0x02160
#define E1000_FCRTL_XONE	BIT(31)
#define E1000_FCRTH		0x02168

/* EtherType of VLAN tags (13.4.11) */
#define E1000_VET		0x00038

/* Interrupts (13.4.17 to 13.4.21) */
#define E1000_ICR		0x000c0
#define E1000_ITR		0x000c4
#define E1000_ICS		0x000c8
#define E1000_IMS		0x000d0
#define E1000_IMC		0x000d8
#define E1000_INT_TXDW		BIT(0)	/* a reported descriptor is done */
#define E1000_INT_LSC		BIT(2)	/* link status changed */
#define E1000_INT_RXDMT0	BIT(4)	/* few receive descriptors left */
#define E1000_INT_RXO		BIT(6)	/* receive FIFO overrun */
#define E1000_INT_RXT0		BIT(7)	/* frame received */
/* ... of the 82574L with MSI-X */
#define E1000_INT_RXQ(q)	BIT(20 + (q))
#define E1000_INT_TXQ(q)	BIT(22 + (q))
#define E1000_INT_OTHER		BIT(24)	/* of link, overrun and the like */

/* Receive control (13.4.22) */
#define E1000_RCTL		0x00100
#define E1000_RCTL_EN		BIT(1)
#define E1000_RCTL_UPE		BIT(3)	/* unicast promiscuous */
#define E1000_RCTL_MPE		BIT(4)	/* multicast promiscuous */
#define E1000_RCTL_LPE		BIT(5)	/* frames over 1522 bytes */
#define E1000_RCTL_BAM		BIT(15)	/* accept broadcast */
#define E1000_RCTL_VFE		BIT(18)	/* VLAN filter on */
#define E1000_RCTL_SECRC	BIT(26)	/* strip the FCS */

/* Transmit control and inter-packet gap (13.4.33, 13.4.34) */
#define E1000_TCTL		0x00400
#define E1000_TCTL_EN		BIT(1)
#define E1000_TCTL_PSP		BIT(3)
#define E1000_TCTL_CT		GENMASK(11, 4)
#define E1000_TCTL_COLD		GENMASK(21, 12)
#define E1000_TCTL_RTLC		BIT(24)
#define E1000_TCTL_MULR		BIT(28)	/* 82574L: several reads under way */
#define E1000_TIPG		0x00410
#define E1000_TIPG_IPGT		GENMASK(9, 0)
#define E1000_TIPG_IPGR1	GENMASK(19, 10)
#define E1000_TIPG_IPGR2	GENMASK(29, 20)

/* Lights: four of them, a byte each, forced on or off (13.4.45) */
#define E1000_LEDCTL		0x00e00
#define E1000_LEDCTL_ALL_ON	0x0e0e0e0e
#define E1000_LEDCTL_ALL_OFF	0x0f0f0f0f

/* Packet buffer: KiB of its 64 that are for reception (13.4.16) */
#define E1000_PBA		0x01000

/* Receive ring (13.4.25 to 13.4.31) and checksum control (13.4) */
#define E1000_RDBAL		0x02800
#define E1000_RDBAH		0x02804
#define E1000_RDLEN		0x02808
#define E1000_RDH		0x02810
#define E1000_RDT		0x02818
#define E1000_RDTR		0x02820
#define E1000_RADV		0x0282c
#define E1000_RXCSUM		0x05000
#define E1000_RXCSUM_IPOFL	BIT(8)
#define E1000_RXCSUM_TUOFL	BIT(9)
#define E1000_RXCSUM_PCSD	BIT(13)	/* 82574L: RSS hash, not packet checksum */

/* Transmit ring (13.4.36 to 13.4.44) */
#define E1000_TDBAL		0x03800
#define E1000_TDBAH		0x03804
#define E1000_TDLEN		0x03808
#define E1000_TDH		0x03810
#define E1000_TDT		0x03818
#define E1000_TIDV		0x03820
#define E1000_TXDCTL		0x03828
#define E1000_TADV		0x0382c

/* Registers of the second queue's rings (82574L) lie behind those of the first. */
#define E1000_QUEUE_STRIDE	0x100

/* Filters: multicast table, receive addresses, VLAN table (13.5.1 to 13.5.4) */
#define E1000_MTA(n)		(0x05200 + 4 * (n))
#define E1000_MTA_WORDS		128
#define E1000_RAL(n)		(0x05400 + 8 * (n))
#define E1000_RAH(n)		(0x05404 + 8 * (n))
#define E1000_RAH_AV		BIT(31)
#define E1000_RA_COUNT		16
#define E1000_VFTA(n)		(0x05600 + 4 * (n))
#define E1000_VFTA_WORDS	128

/* Wake up: control, filters, status (13.6.1 to 13.6.3) */
#define E1000_WUC		0x05800
#define E1000_WUC_PME_EN	BIT(1)
#define E1000_WUFC		0x05808
#define E1000_WUFC_LNKC		BIT(0)	/* link change */
#define E1000_WUFC_MAG		BIT(1)	/* magic packet */
#define E1000_WUFC_EX		BIT(2)	/* to an own address */
#define E1000_WUFC_MC		BIT(3)	/* multicast by the filter */
#define E1000_WUFC_BC		BIT(4)	/* broadcast */
#define E1000_WUS		0x05810

/* Management control, read for the dump only (13.4) */
#define E1000_MANC		0x05820

/* --- registers of the 82574L only ------------------------------------------ */

/* EEPROM control: the EEPROM has been read after a reset */
#define E1000_EECD		0x00010
#define E1000_EECD_AUTO_RD	BIT(9)

/* Extended device control */
#define E1000_CTRL_EXT		0x00018
#define E1000_CTRL_EXT_EIAME	BIT(24)	/* a message masks its causes that are in IAM */
#define E1000_CTRL_EXT_IAME	BIT(27)	/* an access to ICR does */
#define E1000_CTRL_EXT_DRV_LOAD	BIT(28)	/* tells the firmware of a driver */

/* MSI-X: auto-mask and auto-clear, vectors of the causes, moderation */
#define E1000_EIAC		0x000dc
#define E1000_IAM		0x000e0
#define E1000_IVAR		0x000e4
#define E1000_IVAR_RXQ(q, vec)	((BIT(3) | (vec)) << (4 * (q)))
#define E1000_IVAR_TXQ(q, vec)	((BIT(3) | (vec)) << (8 + 4 * (q)))
#define E1000_IVAR_OTHER(vec)	((BIT(3) | (vec)) << 16)
#define E1000_EITR(vec)		(0x000e8 + 4 * (vec))
#define E1000_N_EITR		5

/* Configuration: who may use MDIO */
#define E1000_EXTCNF_CTRL	0x00f00
#define E1000_EXTCNF_MDIO_SW	BIT(5)

/* Write-back thresholds of the rings, in descriptors; arbitration */
#define E1000_RXDCTL		0x02828
#define E1000_TARC		0x03840
#define E1000_DCTL_PTHRESH	GENMASK(5, 0)
#define E1000_DCTL_HTHRESH	GENMASK(13, 8)
#define E1000_DCTL_WTHRESH	GENMASK(21, 16)
#define E1000_DCTL_GRAN		BIT(24)	/* in descriptors, not cache lines */
#define E1000_TXDCTL_ONE	BIT(22)	/* reserved, to be written as one */

/* Receive filter control */
#define E1000_RFCTL		0x05008
#define E1000_RFCTL_ACK_DIS	BIT(12)	/* no interrupt for TCP's acknowledgments */
#define E1000_RFCTL_EXTEN	BIT(15)	/* extended descriptors */

/* Receive side scaling */
#define E1000_MRQC		0x05818
#define E1000_MRQC_RSS		BIT(0)
#define E1000_MRQC_TCP4		BIT(16)
#define E1000_MRQC_IP4		BIT(17)
#define E1000_MRQC_TCP6		BIT(18)
#define E1000_MRQC_IP6		BIT(20)
#define E1000_RETA(n)		(0x05c00 + 4 * (n))
#define E1000_RETA_WORDS	32
#define E1000_RETA_QUEUE	BIT(7)	/* of each of four bytes */
#define E1000_RSSRK(n)		(0x05c80 + 4 * (n))
#define E1000_RSSRK_WORDS	10

/* PCIe control */
#define E1000_GCR		0x05b00
#define E1000_GCR2		0x05b64

/* Statistics, cleared by reading (13.7) */
#define E1000_CRCERRS		0x04000
#define E1000_ALGNERRC		0x04004
#define E1000_SYMERRS		0x04008
#define E1000_RXERRC		0x0400c
#define E1000_MPC		0x04010
#define E1000_SCC		0x04014
#define E1000_ECOL		0x04018
#define E1000_MCC		0x0401c
#define E1000_LATECOL		0x04020
#define E1000_COLC		0x04028
#define E1000_DC		0x04030
#define E1000_TNCRS		0x04034
#define E1000_SEC		0x04038
#define E1000_CEXTERR		0x0403c
#define E1000_RLEC		0x04040
#define E1000_XONRXC		0x04048
#define E1000_XONTXC		0x0404c
#define E1000_XOFFRXC		0x04050
#define E1000_XOFFTXC		0x04054
#define E1000_FCRUC		0x04058
#define E1000_PRC64		0x0405c
#define E1000_PRC127		0x04060
#define E1000_PRC255		0x04064
#define E1000_PRC511		0x04068
#define E1000_PRC1023		0x0406c
#define E1000_PRC1522		0x04070
#define E1000_GPRC		0x04074
#define E1000_BPRC		0x04078
#define E1000_MPRC		0x0407c
#define E1000_GPTC		0x04080
#define E1000_GORCL		0x04088
#define E1000_GOTCL		0x04090
#define E1000_RNBC		0x040a0
#define E1000_RUC		0x040a4
#define E1000_RFC		0x040a8
#define E1000_ROC		0x040ac
#define E1000_RJC		0x040b0
#define E1000_TORL		0x040c0
#define E1000_TOTL		0x040c8
#define E1000_TPR		0x040d0
#define E1000_TPT		0x040d4
#define E1000_PTC64		0x040d8
#define E1000_PTC127		0x040dc
#define E1000_PTC255		0x040e0
#define E1000_PTC511		0x040e4
#define E1000_PTC1023		0x040e8
#define E1000_PTC1522		0x040ec
#define E1000_MPTC		0x040f0
#define E1000_BPTC		0x040f4
#define E1000_TSCTC		0x040f8
#define E1000_TSCTFC		0x040fc

/**
 * struct em540_rxd - receive descriptor (3.2.3)
 * @addr: bus address of the buffer, not written by the device
 * @len: bytes in the buffer
 * @csum: packet checksum (3.2.3); unused, since it covers no whole protocol
 * @status: E1000_RXD_* bits; E1000_RXD_DD last
 * @errors: E1000_RXD_ERR_* bits, valid with end of packet
 * @vlan: tag taken off, valid with E1000_RXD_VP
 */
struct em540_rxd {
	__le64 addr;
	__le16 len;
	__le16 csum;
	u8 status;
	u8 errors;
	__le16 vlan;
};

#define E1000_RXD_DD		BIT(0)	/* descriptor done */
#define E1000_RXD_EOP		BIT(1)	/* end of packet */
#define E1000_RXD_IXSM		BIT(2)	/* ignore checksum indication */
#define E1000_RXD_VP		BIT(3)	/* VLAN tag taken off */
#define E1000_RXD_TCPCS		BIT(5)	/* TCP or UDP checksum calculated */
#define E1000_RXD_ERR_CE	BIT(0)	/* FCS or alignment */
#define E1000_RXD_ERR_SE	BIT(1)	/* symbol */
#define E1000_RXD_ERR_SEQ	BIT(2)	/* sequence */
#define E1000_RXD_ERR_CXE	BIT(4)	/* carrier extension */
#define E1000_RXD_ERR_TCPE	BIT(5)	/* TCP or UDP checksum */
#define E1000_RXD_ERR_RXE	BIT(7)	/* receive data */
#define E1000_RXD_ERR_FRAME \
	(E1000_RXD_ERR_CE | E1000_RXD_ERR_SE | E1000_RXD_ERR_SEQ | \
	 E1000_RXD_ERR_CXE | E1000_RXD_ERR_RXE)

/**
 * struct em574_rxd - extended receive descriptor of the 82574L
 * @addr: bus address of the buffer; only before the device has written back
 * @mrq: type of the hash in bits 3 to 0, queue in bits 12 to 8
 * @hash: of the frame's flow
 * @status: E1000_RXD_* bits; for the device zero, and written back last
 * @len: bytes in the buffer
 * @vlan: tag taken off, valid with E1000_RXD_VP
 */
struct em574_rxd {
	union {
		__le64 addr;
		struct {
			__le32 mrq;
			__le32 hash;
		};
	};
	__le32 status;
	__le16 len;
	__le16 vlan;
};

#define E1000_RXDX_UDPCS	BIT(4)	/* UDP checksum calculated */
#define E1000_RXDX_ERR_SHIFT	24	/* errors are the same, but here */
#define E1000_RXDX_ERR_TCPE	BIT(29)
#define E1000_RXDX_ERR_IPE	BIT(30)
#define E1000_RXDX_MRQ_TYPE	GENMASK(3, 0)

/**
 * struct intel_txd - transmit descriptor, data (3.3.7) or context (3.3.6)
 * @addr: bus address of the data; context: checksum offsets, E1000_CTX_*
 * @cmd: length, type and command
 * @upper: status, options and VLAN tag; context: header length and MSS
 * @word: both
 */
struct intel_txd {
	__le64 addr;
	union {
		struct {
			__le32 cmd;
			__le32 upper;
		};
		__le64 word;
	};
};

static_assert(sizeof(struct em540_rxd) == 16);
static_assert(sizeof(struct em574_rxd) == 16);
static_assert(sizeof(struct intel_txd) == 16);

/* &intel_txd.cmd; the length is in the low 20 bits */
#define E1000_TXD_DTYP_DATA	BIT(20)
#define E1000_TXD_EOP		BIT(24)	/* end of packet */
#define E1000_TXD_IFCS		BIT(25)	/* insert FCS */
#define E1000_TXD_TSE		BIT(26)	/* segment, by the context */
#define E1000_TXD_RS		BIT(27)	/* report status */
#define E1000_TXD_DEXT		BIT(29)	/* not a legacy descriptor */
#define E1000_TXD_VLE		BIT(30)	/* insert VLAN tag */
/* ... of a context descriptor */
#define E1000_TXD_CTX_TCP	BIT(24)	/* TCP, not UDP */
#define E1000_TXD_CTX_IP	BIT(25)	/* IPv4: length at +2, identifier at +4 */

/* &intel_txd.upper */
#define E1000_TXD_DD		BIT(0)	/* descriptor done */
#define E1000_TXD_IXSM		BIT(8)	/* insert the IP checksum */
#define E1000_TXD_TXSM		BIT(9)	/* insert the TCP or UDP checksum */
#define E1000_TXD_VLAN_SHIFT	16
/* ... of a context descriptor */
#define E1000_TXD_HDRLEN_SHIFT	8
#define E1000_TXD_MSS_SHIFT	16

/* &intel_txd.addr of a context descriptor: offsets from the frame's start */
#define E1000_CTX_IPCSS_SHIFT	0	/* IP checksum: start */
#define E1000_CTX_IPCSO_SHIFT	8	/* where to store it */
#define E1000_CTX_IPCSE_SHIFT	16	/* last byte, 0 for the frame's end */
#define E1000_CTX_TUCSS_SHIFT	32	/* the same three for TCP or UDP */
#define E1000_CTX_TUCSO_SHIFT	40
#define E1000_CTX_TUCSE_SHIFT	48
#define E1000_CTX_MAX_OFFSET	255

#endif /* WEFTNIC_INTEL_REGS_H */
