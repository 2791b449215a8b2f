# pam_revoke - see `make help`.
# CXX, CXXFLAGS, CPPFLAGS, LDFLAGS, DESTDIR, PREFIX, PAMDIR and the like are the caller's.

VERSION := 0.1.0

ifeq ($(origin CXX),default)
CXX := g++
endif
CXXFLAGS ?= -O2 -g -fstack-protector-strong -D_FORTIFY_SOURCE=2
PREFIX ?= /usr
MULTIARCH := $(shell $(CC) -print-multiarch 2>/dev/null)
PAMDIR ?= $(PREFIX)/lib/$(MULTIARCH)/security
SBINDIR = $(PREFIX)/sbin
LIBEXECDIR = $(PREFIX)/libexec/pam_revoke
MANDIR = $(PREFIX)/share/man
# Shells look for completion there, by the name of the command.
BASHDIR = $(PREFIX)/share/bash-completion/completions
ZSHDIR = $(PREFIX)/share/zsh/vendor-completions
FISHDIR = $(PREFIX)/share/fish/vendor_completions.d
SYSCONFDIR ?= /etc
STATEDIR ?= /var/lib/pam_revoke
UNITDIR ?= $(PREFIX)/lib/systemd/system
GENERATORDIR = $(PREFIX)/lib/systemd/system-generators

# A room is a directory, and an archive in each flavour; the linker takes what a program needs.
# Rooms stand in link order: one that calls a room to its left does not link.
GATE_ROOMS := pam_revoke conf pam_revoke/list pam_revoke/base
LOGIN_ROOMS := logind logind/kernel $(GATE_ROOMS)
ROOMS := revoke_user revoke_user/doctor revoke_user/store $(LOGIN_ROOMS)
# In no archive: each of these is the entry of a program.
ENTRIES := pam_revoke/module.cpp conf/generator.cpp logind/systemd_login.cpp revoke_user/main.cpp
SOURCES := $(wildcard $(ROOMS:%=%/*.cpp))
HEADERS := $(wildcard include/revoke/*/*.hpp $(ROOMS:%=%/*.hpp))
PAGES := $(wildcard man/*.[58])

MODULE := build/pam_revoke.so
COMMANDS := build/revoke-user build/revokectl build/systemd-login build/pam-revoke-generator
LIBS := -lsystemd -l:libinih.a -l:libmd.a

WARNINGS := -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Werror
OURS := -std=c++20 -Iinclude -MMD -MP $(WARNINGS) -DREVOKE_VERSION='"$(VERSION)"'
# The module cannot throw: no exceptions, and linked without the C++ library to prove it.
# Small, because loading it is most of its price.
GATE_FLAGS = -Os -fPIC -fno-exceptions -fno-rtti -fvisibility=hidden -fvisibility-inlines-hidden \
	-ffunction-sections -fdata-sections
# noseparate-code: two mappings instead of four; four add 4.3 % (3.8 to 5.0) to a login transaction.
GATE_LINK := -shared -Wl,-z,relro,-z,now,-z,noseparate-code,--gc-sections,--as-needed \
	-Wl,--version-script=pam_revoke/module.map,--exclude-libs,ALL
COMMAND_FLAGS := -fPIE -ffunction-sections -fdata-sections
# The C++ library, fmt and inih go into the commands: loading them took a third of the time of a
# query, and of the way to the first kill.
COMMAND_LINK := -fPIE -pie -Wl,-z,relro,-z,now,--as-needed,--gc-sections \
	-static-libstdc++ -static-libgcc

.PHONY: all deps demo deb install format tidy help clean clean-trees
.DELETE_ON_ERROR:

all: $(MODULE) $(COMMANDS) ## build the module and the commands

# A flavour that wants only a part of a room names its sources in a variable FLAVOUR/ROOM.
# In the module there is no std::string.
gate/pam_revoke/base := $(filter-out %/json.cpp %/compose.cpp,$(sort \
	$(wildcard pam_revoke/base/*.cpp)))

sources = $(or $($1/$2),$(filter-out $(ENTRIES),$(sort $(wildcard $2/*.cpp))))
objects = $(patsubst %.cpp,build/$1/%.o,$(call sources,$1,$2))

# The directory changes when a source comes or goes.
define archive # FLAVOUR ROOM
build/$1/$2.a: $(call objects,$1,$2) $2
endef
archives = $(foreach room,$2,$(eval $(call archive,$1,$(room))))
$(call archives,gate,$(GATE_ROOMS))
$(call archives,command,$(ROOMS))

build/%.a:
	rm -f $@
	$(AR) rcs $@ $(filter %.o,$^)

# What reads lines is fast instead.
$(call objects,gate,pam_revoke/list) $(patsubst %,build/gate/%.o,pam_revoke/base/text \
	pam_revoke/base/file conf/policy conf/config): GATE_FLAGS += -O2

build/gate/%.o: %.cpp Makefile
	@mkdir -p $(@D)
	$(CXX) $(CPPFLAGS) $(CXXFLAGS) $(OURS) $(GATE_FLAGS) -c $< -o $@

build/command/%.o: %.cpp Makefile
	@mkdir -p $(@D)
	$(CXX) $(CPPFLAGS) $(CXXFLAGS) $(OURS) $(COMMAND_FLAGS) -c $< -o $@

# -z,defs turns an "undefined symbol" at login time into an error here. Without the start files
# nothing runs when it is loaded or unloaded, and the five symbols that they want cost more than
# looking a user up.
$(MODULE): build/gate/pam_revoke/module.o $(GATE_ROOMS:%=build/gate/%.a) build/gate/inih.a \
		pam_revoke/module.map
	$(CC) $(LDFLAGS) $(GATE_LINK) -nostartfiles -Wl,-z,defs -o $@ \
		$(filter %.o %.a,$^) -l:libmd.a -lpam

build/gate/inih.a: $(shell $(CC) -print-file-name=libinih.a) conf/inih.sh
	@mkdir -p $(@D)
	conf/inih.sh $< $@

build/revoke-user: build/command/revoke_user/main.o $(ROOMS:%=build/command/%.a)
	$(CXX) $(LDFLAGS) $(COMMAND_LINK) -o $@ $^ $(LIBS)

# One program: the name that it is called by decides which command it is.
build/revokectl: build/revoke-user
	ln -sf revoke-user $@

build/systemd-login: build/command/logind/systemd_login.o $(LOGIN_ROOMS:%=build/command/%.a)
	$(CXX) $(LDFLAGS) $(COMMAND_LINK) -o $@ $^ $(LIBS)

build/pam-revoke-generator: build/command/conf/generator.o $(GATE_ROOMS:%=build/command/%.a)
	$(CXX) $(LDFLAGS) $(COMMAND_LINK) -o $@ $^ $(LIBS)

deps: ## install all that building, testing and the demo need (as root, Debian 12 or 13)
	tests/deps.sh

demo: ## boot a host, log in, revoke, be refused, undo
	@tests/hosts/demo.sh

deb: ## Debian packages for this release, or SUITE=bookworm|trixie in a kept tree, into build/deb/
	debian/build.sh $(SUITE)

install: all ## to DESTDIR
	install -d -m 0755 $(addprefix $(DESTDIR),$(PAMDIR) $(SBINDIR) $(LIBEXECDIR) $(UNITDIR) \
		$(GENERATORDIR) $(BASHDIR) $(ZSHDIR) $(FISHDIR) $(MANDIR)/man5 $(MANDIR)/man8 \
		$(STATEDIR)/lists.d $(SYSCONFDIR)/pam_revoke/lists.d $(SYSCONFDIR)/logout.d)
	test -d $(DESTDIR)$(STATEDIR)/index || install -d -m 0750 $(DESTDIR)$(STATEDIR)/index
	install -m 0644 $(wildcard conf/revoke-compile*) $(DESTDIR)$(UNITDIR)
	install -m 0755 build/pam-revoke-generator $(DESTDIR)$(GENERATORDIR)/pam-revoke-generator
	install -D -m 0644 conf/pam_revoke.tmpfiles $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/pam_revoke.conf
	install -D -m 0644 conf/pam_revoke.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/pam_revoke.conf
	install -D -m 0644 conf/pam_revoke.catalog \
		$(DESTDIR)$(PREFIX)/lib/systemd/catalog/pam_revoke.catalog
	install -m 0644 $(MODULE) $(DESTDIR)$(PAMDIR)/pam_revoke.so
	install -m 0755 build/revoke-user $(DESTDIR)$(SBINDIR)/revoke-user
	ln -sf revoke-user $(DESTDIR)$(SBINDIR)/revokectl
	install -m 0755 build/systemd-login $(DESTDIR)$(LIBEXECDIR)/systemd-login
	ln -sf $(LIBEXECDIR)/systemd-login $(DESTDIR)$(SYSCONFDIR)/logout.d/50-systemd-login
	test -e $(DESTDIR)$(SYSCONFDIR)/pam_revoke/pam_revoke.conf || \
		install -m 0644 conf/pam_revoke.conf $(DESTDIR)$(SYSCONFDIR)/pam_revoke/pam_revoke.conf
	install -m 0644 conf/completion/revoke-user.bash $(DESTDIR)$(BASHDIR)/revoke-user
	install -m 0644 conf/completion/revoke-user.zsh $(DESTDIR)$(ZSHDIR)/_revoke-user
	install -m 0644 conf/completion/revoke-user.fish $(DESTDIR)$(FISHDIR)/revoke-user.fish
	ln -sf revoke-user $(DESTDIR)$(BASHDIR)/revokectl
	ln -sf revoke-user.fish $(DESTDIR)$(FISHDIR)/revokectl.fish
	install -m 0644 $(filter %.5,$(PAGES)) $(DESTDIR)$(MANDIR)/man5
	install -m 0644 $(filter %.8,$(PAGES)) $(DESTDIR)$(MANDIR)/man8

format: ## clang-format everything
	clang-format -i $(SOURCES) $(HEADERS) $(wildcard tests/*/*.[ch]pp)

tidy: ## clang-tidy everything
	clang-tidy --quiet $(SOURCES) -- $(OURS)

clean: ## remove build/
	rm -rf build

clean-trees: ## remove the kept Debian trees
	. tests/hosts/trees.sh && rm -rf --one-file-system "$$REVOKE_TREES"

help: ## this list
	@sed -n 's/^\([a-z-]*\):.* ## /\1\t/p' Makefile tests/tests.mk | sort | \
		awk -F'\t' '{printf "  %-14s %s\n", $$1, $$2}'

include tests/tests.mk

-include $(shell find build -name '*.d' 2>/dev/null)
