# SPDX-License-Identifier: BSD-2-Clause
# Labs and the machine they need; included by the Makefile.
LAB ?= running-config-samples/dpd-rri

setup: ## install what is missing (root, Debian), run configure
	tools/setup

uninstall-setup: ## remove exactly the packages that setup installed
	tools/setup --undo

ifneq ($(wildcard config.mk),)
demo: all ## the story of running-config-samples/dpd-rri, then a router's prompt
	@tools/setup
	@lab/demo

lab: all ## a lab and a shell in it: make lab LAB=running-config-samples/...
	@lab/confterm-lab shell $(LAB)
endif

.PHONY: setup uninstall-setup demo lab
