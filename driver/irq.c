// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts: with MSI-X one for each queue's receive and transmit side and one
 * for the rest, else one for all, MSI or INTx.
 *
 * MSI-X entries: 2q is queue q's receive side, 2q + 1 its transmit side, and the
 * one after the last queue's is for the rest.
 */

#include "compat_napi.h"
#include "compat_pci.h"
#include "weftnic.h"

static unsigned int weftnic_irq_other(const struct weftnic_adapter *ad)
{
	return 2 * ad->max_vectors;
}

/**
 * weftnic_irq_of() - the interrupt that serves a queue
 * @ad: adapter
 * @queue: number of the queue pair
 * @tx: of its transmit side
 *
 * Return: the interrupt's number.
 */
int weftnic_irq_of(struct weftnic_adapter *ad, unsigned int queue, bool tx)
{
	return pci_irq_vector(ad->pdev, ad->msix ? 2 * queue + tx : 0);
}

/* Two interrupts for each queue that the device has, and one more; or for fewer. */
static bool weftnic_irqs_alloc_msix(struct weftnic_adapter *ad)
{
	unsigned int queues;

	if (!ad->hw->irq_queue)
		return false;
	for (queues = ad->max_queues; queues; queues--) {
		unsigned int n = 2 * queues + 1;

		if (pci_alloc_irq_vectors(ad->pdev, n, n, PCI_IRQ_MSIX) < 0)
			continue;
		ad->msix = true;
		ad->max_vectors = queues;
		return true;
	}
	return false;
}

/**
 * weftnic_irqs_alloc() - get the device's interrupts and so learn its queues
 * @ad: adapter
 *
 * Process context.
 *
 * Return: 0 or -errno, with nothing left behind.
 */
int weftnic_irqs_alloc(struct weftnic_adapter *ad)
{
	int n;

	if (!weftnic_irqs_alloc_msix(ad)) {
		n = pci_alloc_irq_vectors(ad->pdev, 1, 1,
					  PCI_IRQ_MSI | PCI_IRQ_INTX);
		if (n < 0)
			return n;
		ad->max_vectors = 1;
	}
	ad->n_vectors = min(ad->max_vectors, num_online_cpus());
	ad->cfg.queues = ad->n_vectors;
	return 0;
}

/**
 * weftnic_irqs_free() - give the device's interrupts back
 * @ad: adapter, whose interrupts are released
 */
void weftnic_irqs_free(struct weftnic_adapter *ad)
{
	pci_free_irq_vectors(ad->pdev);
}

/* The processor that a queue and its interrupts are meant for. */
static const struct cpumask *weftnic_irqs_cpu(struct weftnic_adapter *ad,
					      unsigned int queue)
{
	int node = dev_to_node(&ad->pdev->dev);

	return cpumask_of(cpumask_local_spread(queue, node));
}

/**
 * weftnic_irqs_spread() - let each processor send by the queue that is its own
 * @ad: adapter; the stack knows how many queues are in use
 *
 * The stack forgets it of queues that go. rtnl held.
 */
void weftnic_irqs_spread(struct weftnic_adapter *ad)
{
	unsigned int q;

	for (q = 0; ad->msix && q < ad->n_vectors; q++)
		netif_set_xps_queue(ad->netdev, weftnic_irqs_cpu(ad, q), q);
}

static void weftnic_irqs_release_queue(struct weftnic_adapter *ad,
				       unsigned int queue)
{
	int rx = weftnic_irq_of(ad, queue, false);
	int tx = weftnic_irq_of(ad, queue, true);

	netif_napi_set_irq(&ad->vec[queue].napi, -1);
	irq_update_affinity_hint(rx, NULL);
	irq_update_affinity_hint(tx, NULL);
	free_irq(rx, &ad->vec[queue]);
	free_irq(tx, &ad->vec[queue]);
}

static int weftnic_irqs_request_queue(struct weftnic_adapter *ad,
				      unsigned int queue)
{
	const struct cpumask *cpu = weftnic_irqs_cpu(ad, queue);
	struct weftnic_vector *vec = &ad->vec[queue];
	int err;

	snprintf(vec->rx_irq_name, sizeof(vec->rx_irq_name), "%s-rx%u",
		 ad->netdev->name, queue);
	snprintf(vec->tx_irq_name, sizeof(vec->tx_irq_name), "%s-tx%u",
		 ad->netdev->name, queue);
	err = request_irq(weftnic_irq_of(ad, queue, false), ad->hw->irq_queue,
			  0, vec->rx_irq_name, vec);
	if (err)
		return err;
	err = request_irq(weftnic_irq_of(ad, queue, true), ad->hw->irq_queue,
			  0, vec->tx_irq_name, vec);
	if (err) {
		free_irq(weftnic_irq_of(ad, queue, false), vec);
		return err;
	}
	irq_set_affinity_and_hint(weftnic_irq_of(ad, queue, false), cpu);
	irq_set_affinity_and_hint(weftnic_irq_of(ad, queue, true), cpu);
	netif_napi_set_irq(&vec->napi, weftnic_irq_of(ad, queue, false));
	return 0;
}

static int weftnic_irqs_request_msix(struct weftnic_adapter *ad)
{
	unsigned int q;
	int err;

	for (q = 0; q < ad->max_vectors; q++) {
		err = weftnic_irqs_request_queue(ad, q);
		if (err)
			goto err;
	}
	snprintf(ad->other_irq_name, sizeof(ad->other_irq_name), "%s-other",
		 ad->netdev->name);
	err = request_irq(pci_irq_vector(ad->pdev, weftnic_irq_other(ad)),
			  ad->hw->irq_other, 0, ad->other_irq_name, ad);
	if (err)
		goto err;
	return 0;

err:
	while (q--)
		weftnic_irqs_release_queue(ad, q);
	return err;
}

/**
 * weftnic_irqs_request() - install the interrupt handlers
 * @ad: adapter, its interrupts masked
 *
 * Those of queues that are not in use too: they do not come. rtnl held.
 *
 * Return: 0 or -errno, with nothing left behind.
 */
int weftnic_irqs_request(struct weftnic_adapter *ad)
{
	int irq, err;

	if (ad->msix)
		return weftnic_irqs_request_msix(ad);
	irq = weftnic_irq_of(ad, 0, false);
	err = request_irq(irq, ad->hw->irq, IRQF_SHARED, ad->netdev->name, ad);
	if (!err)
		netif_napi_set_irq(&ad->vec[0].napi, irq);
	return err;
}

/**
 * weftnic_irqs_release() - remove the interrupt handlers
 * @ad: adapter, its interrupts masked
 *
 * rtnl held.
 */
void weftnic_irqs_release(struct weftnic_adapter *ad)
{
	unsigned int q;

	if (!ad->msix) {
		netif_napi_set_irq(&ad->vec[0].napi, -1);
		free_irq(weftnic_irq_of(ad, 0, false), ad);
		return;
	}
	free_irq(pci_irq_vector(ad->pdev, weftnic_irq_other(ad)), ad);
	for (q = 0; q < ad->max_vectors; q++)
		weftnic_irqs_release_queue(ad, q);
}

/**
 * weftnic_irqs_synchronize() - wait until no interrupt handler runs
 * @ad: adapter, its interrupts masked
 *
 * Process context.
 */
void weftnic_irqs_synchronize(struct weftnic_adapter *ad)
{
	unsigned int i, n = ad->msix ? weftnic_irq_other(ad) + 1 : 1;

	for (i = 0; i < n; i++)
		synchronize_irq(pci_irq_vector(ad->pdev, i));
}
