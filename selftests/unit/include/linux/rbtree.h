/* SPDX-License-Identifier: GPL-2.0 */
/* Binary trees with the kernel's names, without balance. */
#ifndef UNIT_LINUX_RBTREE_H
#define UNIT_LINUX_RBTREE_H

#include <linux/container_of.h>
#include <linux/types.h>

struct rb_node {
	struct rb_node *rb_parent;
	struct rb_node *rb_left;
	struct rb_node *rb_right;
};

struct rb_root {
	struct rb_node *rb_node;
};

#define RB_ROOT			((struct rb_root) { NULL })
#define RB_EMPTY_ROOT(root)	(!(root)->rb_node)

#define rb_entry(ptr, type, member)	container_of(ptr, type, member)

#define rb_entry_safe(ptr, type, member) ({ \
	typeof(ptr) rb_ptr = (ptr); \
	rb_ptr ? rb_entry(rb_ptr, type, member) : NULL; \
})

static inline void rb_link_node(struct rb_node *node, struct rb_node *parent,
				struct rb_node **link)
{
	node->rb_parent = parent;
	node->rb_left = NULL;
	node->rb_right = NULL;
	*link = node;
}

static inline void rb_insert_color(struct rb_node *node, struct rb_root *root)
{
	(void)node;
	(void)root;
}

static inline struct rb_node *rb_leftmost(struct rb_node *node)
{
	while (node && node->rb_left)
		node = node->rb_left;
	return node;
}

static inline struct rb_node *rb_rightmost(struct rb_node *node)
{
	while (node && node->rb_right)
		node = node->rb_right;
	return node;
}

static inline struct rb_node *rb_first(const struct rb_root *root)
{
	return rb_leftmost(root->rb_node);
}

static inline struct rb_node *rb_last(const struct rb_root *root)
{
	return rb_rightmost(root->rb_node);
}

static inline struct rb_node *rb_next(const struct rb_node *node)
{
	if (node->rb_right)
		return rb_leftmost(node->rb_right);
	while (node->rb_parent && node == node->rb_parent->rb_right)
		node = node->rb_parent;
	return node->rb_parent;
}

static inline struct rb_node *rb_prev(const struct rb_node *node)
{
	if (node->rb_left)
		return rb_rightmost(node->rb_left);
	while (node->rb_parent && node == node->rb_parent->rb_left)
		node = node->rb_parent;
	return node->rb_parent;
}

/* Puts @entry, which may be NULL, where @node hangs at its parent. */
static inline void rb_hang(struct rb_node *node, struct rb_node *entry,
			   struct rb_root *root)
{
	struct rb_node *parent = node->rb_parent;

	if (!parent)
		root->rb_node = entry;
	else if (parent->rb_left == node)
		parent->rb_left = entry;
	else
		parent->rb_right = entry;
	if (entry)
		entry->rb_parent = parent;
}

static inline void rb_replace_node(struct rb_node *node, struct rb_node *entry,
				   struct rb_root *root)
{
	*entry = *node;
	rb_hang(node, entry, root);
	if (entry->rb_left)
		entry->rb_left->rb_parent = entry;
	if (entry->rb_right)
		entry->rb_right->rb_parent = entry;
}

static inline void rb_erase(struct rb_node *node, struct rb_root *root)
{
	struct rb_node *next;

	if (!node->rb_left || !node->rb_right) {
		rb_hang(node, node->rb_left ? node->rb_left : node->rb_right, root);
		return;
	}
	/* The next one has no left child, and takes its place. */
	next = rb_leftmost(node->rb_right);
	rb_hang(next, next->rb_right, root);
	rb_replace_node(node, next, root);
}

#endif /* UNIT_LINUX_RBTREE_H */
