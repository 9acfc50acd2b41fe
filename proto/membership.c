// SPDX-License-Identifier: GPL-2.0
/* Membership queries and reports, and the records that tell of a change. */
#include <linux/kernel.h>
#include "membership.h"

/* --- reading ------------------------------------------------------------------ */

/**
 * weft_group_reported() - do routers learn of the members of a group?
 * @group: an address
 *
 * Return: false for groups that do not leave the link, and for what is no group.
 */
bool weft_group_reported(const struct weft_addr *group)
{
	return weft_addr_group(group) &&
	       weft_group_scope(group) > WEFT_GROUP_LINK &&
	       !weft_addr_broadcast(group);
}

/**
 * weft_source_at() - a source of a query or a record
 * @sources: the sources, of any alignment
 * @i: which one
 * @source: filled in
 *
 * Return: false if no node can have that address.
 */
bool weft_source_at(const void *sources, unsigned int i, struct weft_addr *source)
{
	memcpy(source, sources + i * sizeof(*source), sizeof(*source));
	return !weft_addr_group(source) && !weft_addr_any(source) &&
	       !weft_addr_loopback(source);
}

/**
 * weft_query_parse() - read a query
 * @query: filled in
 * @data: the message from its control header on, of any alignment
 * @len: how many bytes of @data there are; more than the sources take are ignored
 *
 * Return: false if the sources are not there, or belong to no group.
 */
bool weft_query_parse(struct weft_query *query, const void *data, unsigned int len)
{
	struct weft_group_query msg;

	if (len < sizeof(msg))
		return false;
	memcpy(&msg, data, sizeof(msg));
	query->group = msg.group;
	query->max_ms = be32_to_cpu(msg.ctl.max_ms);
	query->suppress = msg.flags & WEFT_QUERY_SUPPRESS;
	query->robustness = msg.flags & WEFT_QUERY_ROBUSTNESS;
	query->interval = be16_to_cpu(msg.interval);
	query->n = be16_to_cpu(msg.n_sources);
	query->sources = data + sizeof(msg);
	if (len - sizeof(msg) < query->n * sizeof(struct weft_addr))
		return false;
	return weft_addr_any(&msg.group) ? !query->n :
					   weft_group_reported(&msg.group);
}

/**
 * weft_report_next() - the next record of a report
 * @record: filled in
 * @data: the message from its control header on, of any alignment
 * @len: how many bytes of @data there are
 * @at: where the record begins in @data, bytes; moved behind it
 *
 * Return: false if the record or its sources do not fit into what there is.
 */
bool weft_report_next(struct weft_record *record, const void *data,
		      unsigned int len, unsigned int *at)
{
	struct weft_group_record rec;
	unsigned int left = len - *at;

	if (*at > len || left < sizeof(rec))
		return false;
	memcpy(&rec, data + *at, sizeof(rec));
	left -= sizeof(rec);
	record->type = rec.type;
	record->group = rec.group;
	record->n = be16_to_cpu(rec.n_sources);
	record->sources = data + *at + sizeof(rec);
	if (left < record->n * sizeof(struct weft_addr))
		return false;
	*at += sizeof(rec) + record->n * sizeof(struct weft_addr);
	return true;
}

/**
 * weft_report_check() - are all records of a report there?
 * @data: the message from its control header on, of any alignment
 * @len: how many bytes of @data there are; more than the records take are ignored
 *
 * Return: true if weft_report_next() will find as many as the header says.
 */
bool weft_report_check(const void *data, unsigned int len)
{
	unsigned int n, at = sizeof(struct weft_ctl_hdr);
	struct weft_record record;
	struct weft_ctl_hdr ctl;

	if (len < sizeof(ctl))
		return false;
	memcpy(&ctl, data, sizeof(ctl));
	for (n = be16_to_cpu(ctl.records.n); n; n--)
		if (!weft_report_next(&record, data, len, &at))
			return false;
	return true;
}

/* --- writing ------------------------------------------------------------------- */

/**
 * weft_query_write() - write a query, its checksum zero
 * @data: room for WEFT_QUERY_LEN and the sources
 * @query: what it asks
 *
 * Return: its length, bytes.
 */
unsigned int weft_query_write(void *data, const struct weft_query *query)
{
	unsigned int sources = query->n * sizeof(struct weft_addr);
	struct weft_group_query msg = {
		.ctl.type = WEFT_CTL_GROUP_QUERY,
		.ctl.max_ms = cpu_to_be32(query->max_ms),
		.group = query->group,
		.flags = query->robustness,
		.interval = cpu_to_be16(query->interval),
		.n_sources = cpu_to_be16(query->n),
	};

	if (query->suppress)
		msg.flags |= WEFT_QUERY_SUPPRESS;
	memcpy(data, &msg, sizeof(msg));
	if (sources)
		memcpy(data + sizeof(msg), query->sources, sources);
	return sizeof(msg) + sources;
}

/**
 * weft_record_write() - write a record of a report
 * @data: room for WEFT_RECORD_MAX
 * @type: WEFT_RECORD_*
 * @group: the group
 * @source: its sources
 * @n: how many there are
 *
 * Return: its length, bytes.
 */
unsigned int weft_record_write(void *data, u8 type, const struct weft_addr *group,
			       const struct weft_addr *source, unsigned int n)
{
	struct weft_group_record rec = {
		.type = type,
		.n_sources = cpu_to_be16(n),
		.group = *group,
	};

	memcpy(data, &rec, sizeof(rec));
	if (n)
		memcpy(data + sizeof(rec), source, n * sizeof(*source));
	return sizeof(rec) + n * sizeof(*source);
}

/* --- changes ------------------------------------------------------------------- */

static void weft_change_whole(struct weft_change *change)
{
	change->left = WEFT_ROBUSTNESS;
	change->n = 0;
}

/* The source came or went; false if there is no room for it. */
static bool weft_change_source(struct weft_change *change,
			       const struct weft_addr *source)
{
	unsigned int i;

	for (i = 0; i < change->n; i++)
		if (weft_addr_equal(&change->source[i].addr, source))
			break;
	if (i == change->n) {
		if (!change->source || i == WEFT_CHANGE_SOURCES)
			return false;
		change->source[change->n++].addr = *source;
	}
	change->source[i].left = WEFT_ROBUSTNESS;
	return true;
}

/* Notes the sources that are in @in and not in @out. */
static bool weft_change_sources(struct weft_change *change,
				const struct weft_filter *in,
				const struct weft_filter *out)
{
	unsigned int i, at;

	for (i = 0; in && i < in->n; i++)
		if (!(out && weft_filter_find(out, &in->source[i], &at)) &&
		    !weft_change_source(change, &in->source[i]))
			return false;
	return true;
}

/**
 * weft_change_note() - a filter has changed, which is to be told WEFT_ROBUSTNESS times
 * @change: what is still to be told of earlier changes
 * @old: the filter before, NULL for no member
 * @new: the filter now, likewise
 *
 * RFC 3810, section 6.1: a change of the mode is told with all sources, and so is what
 * changes while that is told; else the sources that came or went.
 */
void weft_change_note(struct weft_change *change, const struct weft_filter *old,
		      const struct weft_filter *new)
{
	if (change->left || weft_filter_mode(old) != weft_filter_mode(new) ||
	    !weft_change_sources(change, old, new) ||
	    !weft_change_sources(change, new, old))
		weft_change_whole(change);
}

/* The changed sources that are wanted now, or those that are not. */
static void weft_change_tell_sources(const struct weft_change *change,
				     const struct weft_filter *now, bool wanted,
				     weft_record_put_t put, void *arg)
{
	u8 type = wanted ? WEFT_RECORD_ALLOW : WEFT_RECORD_BLOCK;
	struct weft_addr list[WEFT_GROUP_SOURCES_MAX];
	unsigned int i, n = 0;

	for (i = 0; i < change->n; i++) {
		if (weft_filter_wants(now, &change->source[i].addr) != wanted)
			continue;
		list[n++] = change->source[i].addr;
		if (n == ARRAY_SIZE(list)) {
			put(arg, type, list, n);
			n = 0;
		}
	}
	if (n)
		put(arg, type, list, n);
}

/**
 * weft_change_tell() - the records of what is still to be told
 * @change: what that is
 * @now: the filter as it is now, NULL for no member
 * @put: takes each record
 * @arg: for @put
 */
void weft_change_tell(const struct weft_change *change,
		      const struct weft_filter *now, weft_record_put_t put,
		      void *arg)
{
	if (change->left) {
		put(arg, weft_filter_mode(now) == WEFT_FILTER_INCLUDE ?
		    WEFT_RECORD_TO_INCLUDE : WEFT_RECORD_TO_EXCLUDE,
		    now ? now->source : NULL, now ? now->n : 0);
		return;
	}
	weft_change_tell_sources(change, now, true, put, arg);
	weft_change_tell_sources(change, now, false, put, arg);
}

/**
 * weft_change_told() - once more it was told
 * @change: what
 *
 * Return: true if it is to be told again.
 */
bool weft_change_told(struct weft_change *change)
{
	unsigned int i, n = 0;

	if (change->left)
		return --change->left;
	for (i = 0; i < change->n; i++)
		if (--change->source[i].left)
			change->source[n++] = change->source[i];
	change->n = n;
	return n;
}

/**
 * weft_answer_tell() - the record that answers a query (RFC 3810, section 6.3)
 * @now: the filter of the group, NULL for no member
 * @asked: sources that were asked for
 * @n: how many; 0 if all of the group was asked for
 * @put: takes the record, if there is one
 * @arg: for @put
 */
void weft_answer_tell(const struct weft_filter *now, const struct weft_addr *asked,
		      unsigned int n, weft_record_put_t put, void *arg)
{
	struct weft_addr list[WEFT_GROUP_SOURCES_MAX];
	unsigned int i, wanted = 0;

	if (!now)
		return;
	if (!n) {
		put(arg, now->mode == WEFT_FILTER_INCLUDE ?
		    WEFT_RECORD_IS_INCLUDE : WEFT_RECORD_IS_EXCLUDE,
		    now->source, now->n);
		return;
	}
	for (i = 0; i < n && wanted < ARRAY_SIZE(list); i++)
		if (weft_filter_wants(now, &asked[i]))
			list[wanted++] = asked[i];
	if (wanted)
		put(arg, WEFT_RECORD_IS_INCLUDE, list, wanted);
}
