# SPDX-License-Identifier: BSD-2-Clause
# confterm: one readable Makefile. `make help` lists what it can do.
#
# config.mk is written by configure; without it, `make` runs tools/setup first
# (packages by apt on Debian, autoconf, configure), so that the commands of the
# README work on a fresh machine.

B ?= build
-include config.mk

# Records are generated structs in memory of the store: they are read through pointers of both types.
WARN = -fno-strict-aliasing -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wno-missing-field-initializers -Wno-unused-parameter
CFLAGS_ALL = -std=gnu11 $(WARN) $(CFLAGS_USER) $(CFLAGS_EXTRA) $(LIB_CFLAGS) -I. -I$(B) \
	-DCONFTERM_VERSION='"$(VERSION)"' -DCHARON_PATH='"$(CHARON)"' -DFRR_SBIN='"$(FRR_SBIN)"' \
	-DLIBEXEC_DIR='"$(libexecdir)/confterm"' -DBIN_DIR='"$(bindir)"'
LDFLAGS_ALL = $(LDFLAGS) $(CFLAGS_EXTRA)

# Every .c file below these folders is part of the library that both programs
# and all tests link; the programs' main files stand apart.
LIB_DIRS = lib parser engine backends/vici backends/zapi backends/frr backends/netlink backends/nft backends/gre backends/fake \
	daemon cli cli/compare cli/show cli/exec
MAINS = daemon/conftermd.c
GEN = $(B)/gen/grammar.c $(B)/gen/exec.c $(B)/gen/units.c $(B)/gen/checks.c
LIB_SRC = $(filter-out $(MAINS),$(foreach d,$(LIB_DIRS),$(wildcard $(d)/*.c))) sshd/proto.c
SSHD_SRC = $(filter-out sshd/proto.c,$(wildcard sshd/*.c))
CLIENT_SRC = $(wildcard cli/client/*.c)
GRAM = $(sort $(wildcard grammar/*.gram))
GRAMC_SRC = $(wildcard grammar/gramc/*.c)
UNIT = $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c))
BENCH = $(patsubst tests/scale/%.c,$(B)/bench/%,$(wildcard tests/scale/bench_*.c))

obj = $(patsubst %.c,$(B)/obj/%.o,$(1))
GEN_OBJ = $(patsubst $(B)/gen/%.c,$(B)/obj/gen/%.o,$(GEN))

ifeq ($(wildcard config.mk),)
# not configured yet: whatever is asked for, the machine is made ready first
ALL_TARGETS = all check check-unit check-clients check-asan check-clang bench bench-wide bench-tunnels fuzz reference demo lab check-lab uninstall-setup install
$(ALL_TARGETS):
	tools/setup
	@$(MAKE) $@
else

all: $(B)/conftermd $(B)/confterm $(B)/confterm-sshd $(B)/gramcheck.ok

# what configure looks for has changed: once more, then make starts again
config.mk: configure.ac config.mk.in
	tools/setup

include lab/lab.mk

$(B)/gramc: $(GRAMC_SRC) lib/buf.c lib/xalloc.c | $(B)
	@echo "  CC      $@"
	@$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^

$(GEN) $(B)/gen/grammar.h $(B)/gen/hooks.txt &: $(B)/gramc $(GRAM)
	@mkdir -p $(B)/gen
	@$(B)/gramc -o $(B)/gen $(GRAM)

$(B)/obj/%.o: %.c | $(B)/gen/grammar.h
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(B)/obj/gen/%.o: $(B)/gen/%.c
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(B)/libconfterm.a: $(call obj,$(LIB_SRC)) $(GEN_OBJ)
	@rm -f $@
	@ar rcs $@ $^

$(B)/conftermd: $(B)/obj/daemon/conftermd.o $(B)/libconfterm.a
	@echo "  LINK    $@"
	@$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_ALL)

# The second half of the grammar's checks needs the parser: examples, defaults, abbreviations.
$(B)/gramcheck: grammar/gramcheck.c $(B)/libconfterm.a
	@echo "  CC      $@"
	@$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS_ALL)
# A row that is applied must be read by some compile function, or by the daemon or its sessions themselves.
$(B)/gramcheck.ok: $(B)/gramcheck $(wildcard engine/*.c daemon/*.c cli/*.c)
	@$<
	@for r in $$($< --compiled); do grep -qwE "$$r" engine/*.c daemon/*.c cli/*.c || { echo "no compile function reads $$r"; exit 1; }; done
	@touch $@

$(B)/confterm: $(call obj,$(CLIENT_SRC)) $(B)/libconfterm.a
	@echo "  LINK    $@"
	@$(CC) $(LDFLAGS_ALL) -o $@ $^ $(EDIT_LIBS) $(LIBS_ALL)

# The one program that speaks with the network needs little of the library, and alone needs libssh.
$(B)/confterm-sshd: $(call obj,$(SSHD_SRC)) $(B)/libconfterm.a
	@echo "  LINK    $@"
	@$(CC) $(LDFLAGS_ALL) -o $@ $^ $(SSH_LIBS)

$(B)/tests/%: tests/unit/%.c $(B)/libconfterm.a
	@mkdir -p $(@D)
	@echo "  TEST    $@"
	@$(CC) $(CFLAGS_ALL) $(CHECK_CFLAGS) $(LDFLAGS_ALL) -o $@ $< $(B)/libconfterm.a $(CHECK_LIBS) $(LIBS_ALL)

$(B)/bench/%: tests/scale/%.c $(B)/libconfterm.a
	@mkdir -p $(@D)
	@echo "  BENCH   $@"
	@$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $< $(B)/libconfterm.a $(LIBS_ALL)

# --- tests ---------------------------------------------------------------------

check: all reference-check $(UNIT) ## every test; what the running kernel cannot do runs in a guest
	@tools/setup --with-guest --with-clients
	@B=$(B) tests/run

reference-check: all
	@cmp -s $(B)/gen/commands.md doc/COMMANDS.md && cmp -s $(B)/gen/coverage.md doc/coverage.md || \
	    { echo "doc/COMMANDS.md or doc/coverage.md is not what the grammar says: make reference"; exit 1; }

check-unit: all reference-check $(UNIT)
	@B=$(B) tests/run unit golden

check-clients: all ## netmiko, Ansible, rancid, OpenSSH, a person at a terminal: against a router in a network namespace
	@tools/setup --with-clients
	@B=$(B) tests/run clients

check-asan: ## unit tests and goldens with AddressSanitizer and UBSan
	@$(MAKE) B=build-asan CFLAGS_EXTRA="-O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer" check-unit

check-clang: ## the same warnings, as errors, with clang
	@$(MAKE) B=build-clang CC=clang all

bench: all $(BENCH) ## figures beside their budgets; not part of check
	@for b in $(BENCH); do $$b || exit 1; done
	@$(MAKE) --no-print-directory bench-tunnels

bench-tunnels: all ## a thousand tunnels on one hub, real ones: some minutes in a guest
	@lab/confterm-lab --mem 1536 --limit 3000 with-kernel -- tests/scale/bench_tunnels

bench-wide: $(B)/gramc ## the parser's figures with 1,000 more commands in the grammar
	@mkdir -p $(B)/wide/gen && tests/scale/wide > $(B)/wide/wide.gram && $(B)/gramc -o $(B)/wide/gen $(GRAM) $(B)/wide/wide.gram
	@$(CC) -I$(B)/wide $(CFLAGS_ALL) -o $(B)/wide/bench tests/scale/bench_parser.c lib/*.c parser/*.c engine/*.c \
		$(patsubst %,$(B)/wide/gen/%.c,grammar checks units) $(LIBS_ALL) && $(B)/wide/bench

FUZZ = $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_SECONDS ?= 60
fuzz: ## each fuzz target for FUZZ_SECONDS (clang and its runtime: tools/setup --with-clang)
	@$(MAKE) B=build-fuzz CC=clang CFLAGS_EXTRA="-O1 -fsanitize=fuzzer-no-link,address,undefined" $(patsubst %,build-fuzz/fuzz/%,$(FUZZ) seeds)
	@build-fuzz/fuzz/seeds build-fuzz/seeds
	@for f in $(FUZZ); do mkdir -p build-fuzz/corpus/$$f; \
		case $$f in fuzz_line | fuzz_files) seeds="-dict=build-fuzz/seeds/words build-fuzz/seeds/lines" ;; *) seeds= ;; esac; \
		build-fuzz/fuzz/$$f -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 build-fuzz/corpus/$$f $$seeds || exit 1; done

$(B)/fuzz/seeds: tests/fuzz/seeds.c $(B)/libconfterm.a
	@mkdir -p $(@D)
	@echo "  FUZZ    $@"
	@$(CC) $(CFLAGS_ALL) -fsanitize=address,undefined -o $@ $< $(B)/libconfterm.a $(LIBS_ALL)

$(B)/fuzz/%: tests/fuzz/%.c $(B)/libconfterm.a
	@mkdir -p $(@D)
	@echo "  FUZZ    $@"
	@$(CC) $(CFLAGS_ALL) -Wno-missing-prototypes -fsanitize=fuzzer,address,undefined -o $@ $< $(B)/libconfterm.a $(LIBS_ALL)

reference: $(B)/gen/grammar.h ## writes doc/COMMANDS.md and doc/coverage.md
	@cp $(B)/gen/commands.md doc/COMMANDS.md
	@cp $(B)/gen/coverage.md doc/coverage.md

# --- installation ----------------------------------------------------------------

install: all
	install -d $(DESTDIR)$(sbindir) $(DESTDIR)$(bindir) $(DESTDIR)$(mandir)/man1 $(DESTDIR)$(mandir)/man8 $(DESTDIR)/etc/confterm
	install -m 755 $(B)/conftermd $(DESTDIR)$(sbindir)
	install -d $(DESTDIR)$(libexecdir)/confterm
	install -m 755 $(B)/confterm-sshd $(DESTDIR)$(libexecdir)/confterm
	install -m 755 $(B)/confterm $(DESTDIR)$(bindir)
	install -m 644 doc/confterm.1 doc/confterm-lab.1 $(DESTDIR)$(mandir)/man1
	install -d $(DESTDIR)$(prefix)/lib/systemd/system
	sed 's|@sbindir@|$(sbindir)|' daemon/conftermd.service.in > $(DESTDIR)$(prefix)/lib/systemd/system/conftermd.service
	install -m 644 doc/conftermd.8 doc/confterm-sshd.8 $(DESTDIR)$(mandir)/man8

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
endif

$(B):
	@mkdir -p $(B)

clean: ## remove what was built (the record of setup and the guest kernel stay)
	@[ ! -d $(B) ] || find $(B) -mindepth 1 -maxdepth 1 ! -name setup.installed ! -name guest -exec rm -rf {} +

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

.PHONY: all check check-unit check-clients check-asan check-clang demo bench bench-wide lab install fuzz clean help
