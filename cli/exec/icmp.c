/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What ping and traceroute have in common: the raw socket, and taking ICMP
 * messages apart. The bytes come from the network: every length is checked.
 */
#define _GNU_SOURCE
#include "cli/exec/icmp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <linux/icmp.h>

static uint16_t
get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

/* Header length of the IPv4 packet at p, 0 when there is none that makes sense. */
static size_t
ip_header(const uint8_t *p, size_t n)
{
	size_t h;

	if (n < 20 || p[0] >> 4 != 4)
		return 0;
	h = (size_t)(p[0] & 15) * 4;
	return h < 20 || h > n ? 0 : h;
}

bool
icmp_parse(const uint8_t *p, size_t n, struct icmp_view *v)
{
	size_t h = ip_header(p, n);

	memset(v, 0, sizeof(*v));
	if (h == 0 || n < h + 8 || p[9] != IPPROTO_ICMP)
		return false;
	v->src = get32(p + 12);
	v->dst = get32(p + 16);
	p += h;
	n -= h;
	v->type = p[0];
	v->code = p[1];
	if (v->type == ICMP_ECHOREPLY) {
		v->id = get16(p + 4);
		v->seq = get16(p + 6);
		return true;
	}
	if (v->type != ICMP_DEST_UNREACH && v->type != ICMP_SOURCE_QUENCH && v->type != ICMP_TIME_EXCEEDED &&
	    v->type != ICMP_PARAMETERPROB)
		return false;
	p += 8;
	n -= 8;
	h = ip_header(p, n);
	if (h == 0 || n < h + 8)
		return false;
	v->error = true;
	v->quoted_proto = p[9];
	v->quoted_src = get32(p + 12);
	v->quoted_dst = get32(p + 16);
	p += h;
	v->sport = get16(p);
	v->dport = get16(p + 2);
	if (v->quoted_proto == IPPROTO_ICMP && p[0] != ICMP_ECHO)
		return false;
	v->id = get16(p + 4);
	v->seq = get16(p + 6);
	return true;
}

uint16_t
icmp_checksum(const uint8_t *p, size_t n)
{
	uint32_t sum = 0;

	for (; n > 1; p += 2, n -= 2)
		sum += get16(p);
	if (n)
		sum += (uint32_t)p[0] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

int
icmp_socket(const char *vrf, uint32_t source)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(source)};
	struct icmp_filter filter = {.data = ~(1u << ICMP_ECHOREPLY | 1u << ICMP_DEST_UNREACH |
					 1u << ICMP_SOURCE_QUENCH | 1u << ICMP_TIME_EXCEEDED |
					 1u << ICMP_PARAMETERPROB)};
	int fd, err, one = 1, size = 1 << 18;

	fd = socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_ICMP);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_RAW, ICMP_FILTER, &filter, sizeof(filter));
	setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	if (vrf && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, vrf, (socklen_t)strlen(vrf)) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	if (source && bind(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

uint64_t
icmp_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}
