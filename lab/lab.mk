# SPDX-License-Identifier: BSD-2-Clause
# Labs and the machine they need; included by the Makefile.
LAB ?= dpd-rri
# the name of a sample is enough
LAB_FOLDER = $(if $(wildcard $(LAB)/topology),$(LAB),running-config-samples/$(LAB))

setup: ## install what is missing (root, Debian), run configure
	tools/setup

uninstall-setup: ## remove exactly the packages that setup installed
	tools/setup --undo

ifneq ($(wildcard config.mk),)
demo: all ## the story of running-config-samples/dpd-rri, then a router's prompt
	@tools/setup
	@lab/demo

lab: all ## a lab and a shell in it: make lab LAB=svti-ospf
	@lab/confterm-lab shell $(LAB_FOLDER)

check-lab: all ## the test of one lab: make check-lab LAB=svti-ospf
	@lab/confterm-lab --mem 640 with-kernel -- tests/lab/run $(notdir $(LAB))
endif

.PHONY: setup uninstall-setup demo lab check-lab
