// SPDX-License-Identifier: GPL-2.0
/*
 * Connections by their ends, the ports and who holds them, and listening sockets.
 *
 * Three tables: of connections, by both ends, read under RCU; of ports, whose buckets
 * list the claims on each; of listening sockets, by their port, read under RCU.
 * Who may share a port is as with TCP.
 */
#include <linux/jhash.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/rculist.h>
#include <linux/swap.h>
#include <net/netns/hash.h>
#include <net/sock_reuseport.h>
#include "addr.h"
#include "conn.h"
#include "stream.h"
#include "timewait.h"

#define WEFT_PORT_BUCKETS	1024
#define WEFT_CONN_LOCKS		256

/**
 * struct weft_bucket - a port of a namespace
 * @node: in its slot
 * @net: namespace
 * @port: the port
 * @automatic: all who hold it were given it by connect(), so that one more may have it
 *	towards another peer
 * @claims: struct weft_claim
 */
struct weft_bucket {
	struct hlist_node	node;
	struct net		*net;
	u16			port;
	bool			automatic;
	struct hlist_head	claims;
};

/**
 * struct weft_bucket_slot - the buckets of one hash
 * @lock: of them and of their claims; taken before the lock of a connection's slot
 * @buckets: struct weft_bucket
 */
struct weft_bucket_slot {
	spinlock_t		lock; /* under a socket's lock */
	struct hlist_head	buckets;
};

static struct hlist_head *weft_conns;
static unsigned int weft_conns_mask;
static spinlock_t weft_conn_locks[WEFT_CONN_LOCKS];
static struct weft_bucket_slot weft_buckets[WEFT_PORT_BUCKETS];
static struct weft_port_slot weft_listeners[WEFT_LISTEN_SLOTS];

/* --- connections ------------------------------------------------------------- */

static u32 weft_conn_hash(const struct net *net, const struct weft_addr *laddr,
			  const struct weft_addr *faddr, __be16 lport, __be16 fport)
{
	static u32 secret;
	u32 words[4] = {
		(__force u32)laddr->a32[0] ^ (__force u32)faddr->a32[0],
		(__force u32)laddr->a32[1], (__force u32)faddr->a32[1],
		(__force u32)lport << 16 | (__force u32)fport,
	};

	net_get_random_once(&secret, sizeof(secret));
	return jhash2(words, ARRAY_SIZE(words), secret ^ net_hash_mix(net));
}

static u32 weft_conn_hash_of(const struct weft_conn *conn)
{
	return weft_conn_hash(conn->net, &conn->laddr, &conn->faddr, conn->lport,
			      conn->fport);
}

static struct hlist_head *weft_conn_slot(u32 hash)
{
	return &weft_conns[hash & weft_conns_mask];
}

static spinlock_t *weft_conn_lock(u32 hash)
{
	return &weft_conn_locks[hash % WEFT_CONN_LOCKS];
}

static bool weft_conn_is(const struct weft_conn *conn, const struct net *net,
			 const struct weft_port_key *key)
{
	return conn->lport == key->lport && conn->fport == key->fport &&
	       weft_addr_equal(&conn->faddr, &key->faddr) &&
	       weft_addr_equal(&conn->laddr, &key->laddr) &&
	       net_eq(conn->net, net) && (!conn->scope || conn->scope == key->iif);
}

/**
 * weft_conn_lookup() - find the connection that a segment belongs to
 * @net: namespace
 * @key: the segment's ends
 *
 * Context: RCU read lock, under which the entry is valid.
 * Return: the entry or NULL.
 */
struct weft_conn *weft_conn_lookup(struct net *net, const struct weft_port_key *key)
{
	u32 hash = weft_conn_hash(net, &key->laddr, &key->faddr, key->lport,
				  key->fport);
	struct weft_conn *conn;

	hlist_for_each_entry_rcu(conn, weft_conn_slot(hash), node)
		if (weft_conn_is(conn, net, key))
			return conn;
	return NULL;
}

/* Another entry with the same ends. Lock of the slot. */
static struct weft_conn *weft_conn_twin(const struct weft_conn *conn, u32 hash)
{
	struct weft_conn *other;

	hlist_for_each_entry(other, weft_conn_slot(hash), node)
		if (other->lport == conn->lport && other->fport == conn->fport &&
		    weft_addr_equal(&other->faddr, &conn->faddr) &&
		    weft_addr_equal(&other->laddr, &conn->laddr) &&
		    net_eq(other->net, conn->net) &&
		    (!other->scope || !conn->scope || other->scope == conn->scope))
			return other;
	return NULL;
}

/**
 * weft_conn_add() - put an entry into the table
 * @conn: the entry, filled in, in no table
 *
 * Context: any, softirqs are disabled inside.
 * Return: false if there is one with the same ends.
 */
bool weft_conn_add(struct weft_conn *conn)
{
	u32 hash = weft_conn_hash_of(conn);
	bool added;

	spin_lock_bh(weft_conn_lock(hash));
	added = !weft_conn_twin(conn, hash);
	if (added)
		hlist_add_head_rcu(&conn->node, weft_conn_slot(hash));
	spin_unlock_bh(weft_conn_lock(hash));
	return added;
}

/**
 * weft_conn_replace() - put an entry in the place of another one
 * @old: entry with the same ends; is in no table then
 * @conn: the entry
 *
 * If @old has gone meanwhile, @conn is added. Context: any.
 */
void weft_conn_replace(struct weft_conn *old, struct weft_conn *conn)
{
	u32 hash = weft_conn_hash_of(conn);

	spin_lock_bh(weft_conn_lock(hash));
	if (!hlist_unhashed(&old->node)) {
		hlist_replace_rcu(&old->node, &conn->node);
		/* Unhashed, but who stands on it finds the rest of the chain. */
		WRITE_ONCE(old->node.pprev, NULL);
	} else {
		hlist_add_head_rcu(&conn->node, weft_conn_slot(hash));
	}
	spin_unlock_bh(weft_conn_lock(hash));
}

/**
 * weft_conn_del() - take an entry out of the table
 * @conn: the entry
 *
 * Context: any. Return: false if it is in none.
 */
bool weft_conn_del(struct weft_conn *conn)
{
	bool was_in;
	u32 hash;

	if (hlist_unhashed(&conn->node))
		return false;
	hash = weft_conn_hash_of(conn);
	spin_lock_bh(weft_conn_lock(hash));
	was_in = !hlist_unhashed(&conn->node);
	if (was_in)
		hlist_del_init_rcu(&conn->node);
	spin_unlock_bh(weft_conn_lock(hash));
	return was_in;
}

/**
 * weft_conn_slots() - how many slots the table has
 *
 * Return: slots, for weft_conn_walk().
 */
unsigned int weft_conn_slots(void)
{
	return weft_conns_mask + 1;
}

/**
 * weft_conn_walk() - an entry by its place
 * @slot: slot
 * @skip: how many entries of the slot come before it
 *
 * Context: RCU read lock. Return: the entry, or NULL if there are not so many.
 */
struct weft_conn *weft_conn_walk(unsigned int slot, unsigned int skip)
{
	struct weft_conn *conn;

	hlist_for_each_entry_rcu(conn, &weft_conns[slot], node)
		if (!skip--)
			return conn;
	return NULL;
}

/* --- ports ------------------------------------------------------------------- */

static struct weft_bucket_slot *weft_bucket_slot(const struct net *net, u16 port)
{
	return &weft_buckets[(net_hash_mix(net) + port) % WEFT_PORT_BUCKETS];
}

static struct weft_bucket *weft_bucket_find(struct weft_bucket_slot *slot,
					    const struct net *net, u16 port)
{
	struct weft_bucket *bucket;

	hlist_for_each_entry(bucket, &slot->buckets, node)
		if (bucket->port == port && net_eq(bucket->net, net))
			return bucket;
	return NULL;
}

static struct weft_bucket *weft_bucket_make(struct weft_bucket_slot *slot,
					    struct net *net, u16 port, bool automatic)
{
	struct weft_bucket *bucket = kmalloc(sizeof(*bucket), GFP_ATOMIC);

	if (!bucket)
		return NULL;
	bucket->net = net;
	bucket->port = port;
	bucket->automatic = automatic;
	INIT_HLIST_HEAD(&bucket->claims);
	hlist_add_head(&bucket->node, &slot->buckets);
	return bucket;
}

static void weft_claim_link(struct weft_claim *claim, struct weft_bucket *bucket)
{
	hlist_add_head(&claim->node, &bucket->claims);
	claim->bucket = bucket;
}

static bool weft_claim_overlap(const struct weft_claim *a, const struct weft_claim *b)
{
	return (!a->iif || !b->iif || a->iif == b->iif) &&
	       (weft_addr_any(&a->addr) || weft_addr_any(&b->addr) ||
		weft_addr_equal(&a->addr, &b->addr));
}

/* As TCP: with SO_REUSEADDR unless another one listens, or in a group of one user. */
static bool weft_claim_shared(const struct weft_claim *claim, const struct weft_claim *other)
{
	if (claim->reuse && other->reuse && !other->listening)
		return true;
	return claim->reuseport && other->reuseport && uid_eq(claim->uid, other->uid);
}

/* Lock of the bucket. */
static bool weft_claim_conflict(const struct weft_bucket *bucket,
				const struct weft_claim *claim)
{
	const struct weft_claim *other;

	hlist_for_each_entry(other, &bucket->claims, node)
		if (other != claim && weft_claim_overlap(claim, other) &&
		    !weft_claim_shared(claim, other))
			return true;
	return false;
}

static int weft_claim_try(struct weft_claim *claim, struct net *net, u16 port,
			  bool fresh)
{
	struct weft_bucket_slot *slot = weft_bucket_slot(net, port);
	struct weft_bucket *bucket;
	int err = 0;

	spin_lock_bh(&slot->lock);
	bucket = weft_bucket_find(slot, net, port);
	if (bucket && (fresh || weft_claim_conflict(bucket, claim)))
		err = -EADDRINUSE;
	if (!bucket) {
		bucket = weft_bucket_make(slot, net, port, false);
		if (!bucket)
			err = -ENOMEM;
	}
	if (!err) {
		bucket->automatic = false;
		weft_claim_link(claim, bucket);
	}
	spin_unlock_bh(&slot->lock);
	return err;
}

/* A port of the kernel's choice, which a stranger should not guess (RFC 6056). */
static int weft_claim_any(struct weft_claim *claim, struct net *net, bool fresh)
{
	const unsigned int range = WEFT_PORT_AUTO_MAX - WEFT_PORT_AUTO_MIN + 1;
	unsigned int start = get_random_u32() % range, i;

	for (i = 0; i < range; i++) {
		if (!weft_claim_try(claim, net,
				    WEFT_PORT_AUTO_MIN + (start + i) % range, fresh))
			return 0;
		cond_resched();
	}
	return -EADDRINUSE;
}

/**
 * weft_claim_take() - hold a port
 * @claim: what is claimed and how it may be shared; it holds none
 * @net: namespace
 * @port: the port; 0 for any that is free
 *
 * Context: process, socket lock.
 * Return: 0, -EADDRINUSE or -ENOMEM.
 */
int weft_claim_take(struct weft_claim *claim, struct net *net, u16 port)
{
	if (port)
		return weft_claim_try(claim, net, port, false);
	/* Nobody's, else one that may be shared. */
	if (!weft_claim_any(claim, net, true))
		return 0;
	return weft_claim_any(claim, net, false);
}

static struct weft_bucket_slot *weft_claim_lock(const struct weft_claim *claim)
{
	struct weft_bucket_slot *slot = weft_bucket_slot(claim->bucket->net,
							 claim->bucket->port);

	spin_lock_bh(&slot->lock);
	return slot;
}

/**
 * weft_claim_listen() - nobody else may listen here any more, or may again
 * @claim: holds a port
 * @on: listening begins
 *
 * Context: process, socket lock. Return: 0 or -EADDRINUSE.
 */
int weft_claim_listen(struct weft_claim *claim, bool on)
{
	struct weft_bucket_slot *slot = weft_claim_lock(claim);
	int err = 0;

	claim->listening = on;
	if (on && weft_claim_conflict(claim->bucket, claim)) {
		claim->listening = false;
		err = -EADDRINUSE;
	}
	spin_unlock_bh(&slot->lock);
	return err;
}

/**
 * weft_claim_share() - an accepted connection holds the port of its listening socket
 * @claim: holds none
 * @of: holds the port
 *
 * Context: any. Return: 0.
 */
int weft_claim_share(struct weft_claim *claim, const struct weft_claim *of)
{
	struct weft_bucket_slot *slot = weft_claim_lock(of);

	*claim = (struct weft_claim) {
		.addr = of->addr,
		.iif = of->iif,
		.uid = of->uid,
		.reuse = of->reuse,
		.reuseport = of->reuseport,
	};
	weft_claim_link(claim, of->bucket);
	spin_unlock_bh(&slot->lock);
	return 0;
}

/**
 * weft_claim_move() - somebody else holds the port from now on
 * @to: holds none
 * @from: holds the port; holds none then
 *
 * Context: any.
 */
void weft_claim_move(struct weft_claim *to, struct weft_claim *from)
{
	struct weft_bucket_slot *slot = weft_claim_lock(from);

	*to = *from;
	hlist_del(&from->node);
	weft_claim_link(to, from->bucket);
	from->bucket = NULL;
	spin_unlock_bh(&slot->lock);
}

/**
 * weft_claim_drop() - hold no port any more
 * @claim: claim; one that holds none is left as it is
 *
 * Context: any.
 */
void weft_claim_drop(struct weft_claim *claim)
{
	struct weft_bucket_slot *slot;

	if (!claim->bucket)
		return;
	slot = weft_claim_lock(claim);
	hlist_del(&claim->node);
	if (hlist_empty(&claim->bucket->claims)) {
		hlist_del(&claim->bucket->node);
		kfree(claim->bucket);
	}
	claim->bucket = NULL;
	spin_unlock_bh(&slot->lock);
}

/**
 * weft_claim_port() - the port that is held
 * @claim: holds one
 *
 * Return: the port.
 */
__be16 weft_claim_port(const struct weft_claim *claim)
{
	return cpu_to_be16(claim->bucket->port);
}

/*
 * Adds a connection unless there is one with the same ends; one in TIME-WAIT gives way
 * if it may.
 */
static bool weft_conn_add_unique(struct weft_conn *conn)
{
	u32 hash = weft_conn_hash_of(conn);
	struct weft_conn *twin;
	bool added = false;

	spin_lock(weft_conn_lock(hash));
	twin = weft_conn_twin(conn, hash);
	if (!twin) {
		hlist_add_head_rcu(&conn->node, weft_conn_slot(hash));
		added = true;
	} else if (twin->kind == WEFT_CONN_TIMEWAIT &&
		   weft_timewait_reuse(twin, weft_conn_stream(conn))) {
		hlist_replace_rcu(&twin->node, &conn->node);
		WRITE_ONCE(twin->node.pprev, NULL);
		added = true;
	}
	spin_unlock(weft_conn_lock(hash));
	return added;
}

/* A port for a connection; with one that is held it need only be the only one. */
static int weft_claim_try_connect(struct weft_claim *claim, struct weft_conn *conn,
				  u16 port)
{
	struct weft_bucket_slot *slot = weft_bucket_slot(conn->net, port);
	struct weft_bucket *bucket;
	int err = -EADDRNOTAVAIL;

	conn->lport = cpu_to_be16(port);
	spin_lock_bh(&slot->lock);
	bucket = weft_bucket_find(slot, conn->net, port);
	if (bucket && !bucket->automatic)
		goto out;
	if (!bucket)
		bucket = weft_bucket_make(slot, conn->net, port, true);
	if (!bucket) {
		err = -ENOMEM;
	} else if (weft_conn_add_unique(conn)) {
		weft_claim_link(claim, bucket);
		err = 0;
	} else if (hlist_empty(&bucket->claims)) {
		hlist_del(&bucket->node);
		kfree(bucket);
	}
out:
	spin_unlock_bh(&slot->lock);
	return err;
}

/**
 * weft_claim_connect() - put a new connection into the table, with a port of its own
 * @claim: of the connection; one that holds no port gets one
 * @conn: the connection; its port is filled in
 *
 * The ports of a peer are taken in an order that a stranger does not know (RFC 6056,
 * 3.3.3). Context: process, socket lock.
 *
 * Return: 0, -EADDRNOTAVAIL if there is such a connection already or no port is left,
 * or -ENOMEM.
 */
int weft_claim_connect(struct weft_claim *claim, struct weft_conn *conn)
{
	const unsigned int range = WEFT_PORT_AUTO_MAX - WEFT_PORT_AUTO_MIN + 1;
	static atomic_t step;
	unsigned int start, i;
	bool added;
	int err;

	if (claim->bucket) {
		conn->lport = weft_claim_port(claim);
		local_bh_disable();
		added = weft_conn_add_unique(conn);
		local_bh_enable();
		return added ? 0 : -EADDRNOTAVAIL;
	}
	start = weft_conn_hash(conn->net, &conn->laddr, &conn->faddr, 0, conn->fport) +
		atomic_inc_return(&step);
	for (i = 0; i < range; i++) {
		err = weft_claim_try_connect(claim, conn, WEFT_PORT_AUTO_MIN +
					     (start + i) % range);
		if (err != -EADDRNOTAVAIL)
			return err;
		cond_resched();
	}
	return -EADDRNOTAVAIL;
}

/* --- listening sockets --------------------------------------------------------- */

static struct weft_port_slot *weft_listen_slot(const struct net *net, __be16 port)
{
	return &weft_listeners[(net_hash_mix(net) + be16_to_cpu(port)) %
			       WEFT_LISTEN_SLOTS];
}

/* Into the group of those that listen alike. Lock of the slot. */
static int weft_listen_join(struct weft_stream *st, struct weft_port_slot *slot)
{
	struct weft_sock *ws = &st->ws;
	bool any = weft_addr_any(&ws->laddr);
	struct weft_stream *other;

	hlist_for_each_entry(other, &slot->socks, listen_node)
		if (other->ws.sk.sk_reuseport && other->ws.lport == ws->lport &&
		    net_eq(sock_net(&other->ws.sk), sock_net(&ws->sk)) &&
		    uid_eq(other->claim.uid, st->claim.uid) &&
		    weft_addr_equal(&other->ws.laddr, &ws->laddr) &&
		    weft_sock_iif(&other->ws) == weft_sock_iif(ws))
			return reuseport_add_sock(&ws->sk, &other->ws.sk, any);
	return reuseport_alloc(&ws->sk, any);
}

/**
 * weft_listen_add() - segments may find a listening socket from now on
 * @st: socket
 *
 * Context: process, socket lock. Return: 0 or -ENOMEM.
 */
int weft_listen_add(struct weft_stream *st)
{
	struct weft_port_slot *slot = weft_listen_slot(sock_net(&st->ws.sk),
						       st->ws.lport);
	int err = 0;

	spin_lock_bh(&slot->lock);
	if (st->ws.sk.sk_reuseport)
		err = weft_listen_join(st, slot);
	if (!err)
		hlist_add_head_rcu(&st->listen_node, &slot->socks);
	spin_unlock_bh(&slot->lock);
	return err;
}

/**
 * weft_listen_del() - segments find it no more
 * @st: socket; one that does not listen is left as it is
 *
 * Context: any.
 */
void weft_listen_del(struct weft_stream *st)
{
	struct weft_port_slot *slot;

	if (hlist_unhashed(&st->listen_node))
		return;
	slot = weft_listen_slot(sock_net(&st->ws.sk), st->ws.lport);
	spin_lock_bh(&slot->lock);
	if (rcu_access_pointer(st->ws.sk.sk_reuseport_cb))
		reuseport_detach_sock(&st->ws.sk);
	hlist_del_init_rcu(&st->listen_node);
	spin_unlock_bh(&slot->lock);
}

static int weft_listen_score(const struct weft_stream *st, struct net *net,
			     const struct weft_port_key *key)
{
	const struct weft_sock *ws = &st->ws;
	int iif = weft_sock_iif(ws), score = 0;

	if (ws->lport != key->lport || !net_eq(sock_net(&ws->sk), net))
		return -1;
	if (iif) {
		if (iif != key->iif)
			return -1;
		score += 2;
	}
	if (!weft_addr_any(&ws->laddr)) {
		if (!weft_addr_equal(&ws->laddr, &key->laddr))
			return -1;
		score += 4;
	}
	if (READ_ONCE(ws->sk.sk_incoming_cpu) == raw_smp_processor_id())
		score += 1;
	return score;
}

/**
 * weft_listen_lookup() - find the socket that listens for a segment
 * @net: namespace
 * @key: the segment's ends
 * @skb: the segment, its data at the stream header, for programs that choose
 *
 * Context: softirq, RCU read lock, under which the socket is valid.
 * Return: the best match or NULL.
 */
struct sock *weft_listen_lookup(struct net *net, const struct weft_port_key *key,
				struct sk_buff *skb)
{
	struct weft_stream *st, *best = NULL;
	int score, top = -1;
	struct sock *one;

	hlist_for_each_entry_rcu(st, &weft_listen_slot(net, key->lport)->socks,
				 listen_node) {
		score = weft_listen_score(st, net, key);
		if (score > top) {
			top = score;
			best = st;
		}
	}
	if (!best)
		return NULL;
	if (!rcu_access_pointer(best->ws.sk.sk_reuseport_cb))
		return &best->ws.sk;
	one = reuseport_select_sock(&best->ws.sk,
				    weft_conn_hash(net, &key->laddr, &key->faddr,
						   key->lport, key->fport),
				    skb, sizeof(struct weft_stream_hdr));
	if (IS_ERR_OR_NULL(one) || weft_listen_score(weft_stream(one), net, key) < 0)
		return &best->ws.sk;
	return one;
}

/**
 * weft_listen_walk() - a listening socket by its place
 * @slot: less than WEFT_LISTEN_SLOTS
 * @skip: how many of the slot come before it
 *
 * Context: RCU read lock. Return: the socket, or NULL if there are not so many.
 */
struct weft_stream *weft_listen_walk(unsigned int slot, unsigned int skip)
{
	struct weft_stream *st;

	hlist_for_each_entry_rcu(st, &weft_listeners[slot].socks, listen_node)
		if (!skip--)
			return st;
	return NULL;
}

/* --- the tables ------------------------------------------------------------------ */

int weft_conn_init(void)
{
	unsigned long n = clamp(roundup_pow_of_two(nr_free_buffer_pages() / 4),
				1UL << 10, 1UL << 18);
	int i;

	weft_conns = kvcalloc(n, sizeof(*weft_conns), GFP_KERNEL);
	if (!weft_conns)
		return -ENOMEM;
	weft_conns_mask = n - 1;
	for (i = 0; i < WEFT_CONN_LOCKS; i++)
		spin_lock_init(&weft_conn_locks[i]);
	for (i = 0; i < WEFT_PORT_BUCKETS; i++)
		spin_lock_init(&weft_buckets[i].lock);
	for (i = 0; i < WEFT_LISTEN_SLOTS; i++)
		spin_lock_init(&weft_listeners[i].lock);
	return 0;
}

void weft_conn_exit(void)
{
	kvfree(weft_conns);
}
