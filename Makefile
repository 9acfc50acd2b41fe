# SPDX-License-Identifier: GPL-2.0
# Weft. `make help` lists the targets.

# The kernel to build for: the running one where its headers are installed,
# else the newest installed ones. Override with KREL=RELEASE or KDIR=DIRECTORY.
HEADERS := $(wildcard /lib/modules/$(shell uname -r)/build)
HEADERS := $(or $(HEADERS),$(lastword $(shell ls -dv /lib/modules/*/build 2>/dev/null)))
KREL ?= $(notdir $(patsubst %/build,%,$(HEADERS)))
KDIR ?= /lib/modules/$(KREL)/build
# Modules of several kernels live side by side, each in a tree of links.
KBUILD_DIR := $(CURDIR)/build/$(KREL)

PREFIX ?= /usr/local
DESTDIR ?=

all: modules user

# --- kernel modules ---------------------------------------------------------

MODULE_SRC := Kbuild driver proto uapi compat

modules: $(KBUILD_DIR)
	$(MAKE) -C $(KDIR) M=$(KBUILD_DIR) modules

# Links follow the sources: new files appear, links to removed ones go.
$(KBUILD_DIR): FORCE
	@mkdir -p $@
	@cp -rsf $(addprefix $(CURDIR)/,$(MODULE_SRC)) $@/
	@find $@ -xtype l -delete

# What tests load besides, from a directory of its own: it is never installed.
TEST_MODULES := $(KBUILD_DIR)/selftests/modules

test_modules: modules
	@mkdir -p $(TEST_MODULES)
	@cp -rsf $(CURDIR)/selftests/modules $(KBUILD_DIR)/selftests/
	@find $(KBUILD_DIR)/selftests -xtype l -delete
	$(MAKE) -C $(KDIR) M=$(TEST_MODULES) KBUILD_EXTRA_SYMBOLS=$(KBUILD_DIR)/Module.symvers modules

modules_install: modules
	$(MAKE) -C $(KDIR) M=$(KBUILD_DIR) $(if $(DESTDIR),INSTALL_MOD_PATH=$(DESTDIR)) modules_install
	$(if $(DESTDIR),,depmod -a $(KREL))

# --- user space -------------------------------------------------------------

user:
	$(MAKE) -C userspace

install: user
	$(MAKE) -C userspace install PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)

# --- tests that need no guest --------------------------------------------------

unit:
	@$(MAKE) --no-print-directory -C selftests/unit

fuzz:
	@$(MAKE) --no-print-directory -C selftests/unit fuzz

check:
	@scripts/check

# --- the lab --------------------------------------------------------------------

packages:
	@scripts/packages

demo: packages
	@scripts/demo

shell: packages
	@name=shell-$$PPID; trap "scripts/lab down --name $$name" EXIT; trap 'exit 1' HUP INT TERM; \
	scripts/lab up --name $$name --nodes 2 && scripts/lab shell --name $$name 1

selftests: packages
	@scripts/run-selftests

test: packages
	@scripts/run-tests

bench-driver: packages
	@scripts/bench-driver

bench-net: packages
	@scripts/bench-net

bench-stream: packages
	@scripts/bench-stream

bench-filter: packages
	@scripts/bench-filter

clean:
	rm -rf build

help:
	@echo "make                  the modules and user space"
	@echo "make modules          the modules, for KREL=$(KREL)"
	@echo "make user             libweft, weft and the examples"
	@echo "make demo             shows Weft between two guests"
	@echo "make shell            a prompt in a lab of two guests"
	@echo "make test             unit tests, static checks, tests in guests"
	@echo "make unit             tests of pure code, with sanitizers"
	@echo "make fuzz             fuzzes the parsers, kernel and user space"
	@echo "make check            static checks"
	@echo "make selftests        tests in guests, stock and debug kernel"
	@echo "make bench-driver     weftnic beside the kernel's own drivers"
	@echo "make bench-net        datagrams beside UDP over IPv6"
	@echo "make bench-stream     streams beside TCP, TIPC and SCTP"
	@echo "make bench-filter     the firewall beside nftables"
	@echo "make packages         installs the Debian packages that are missing"
	@echo "make modules_install  installs the modules"
	@echo "make install          installs user space; PREFIX, DESTDIR"
	@echo "make clean            removes what was built here"

FORCE:
.PHONY: all modules test_modules modules_install user install unit fuzz check packages demo \
	shell selftests test bench-driver bench-net bench-stream bench-filter clean help FORCE
