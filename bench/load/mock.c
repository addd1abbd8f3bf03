// A provider that costs next to nothing: one thread, epoll, loopback only. usage: mock PORT
//
// The first `"model":"mock-…"` of a request says what it answers:
//   mock-json        at once, 1.5 kB of JSON                mock-delay-40   the same after 40 ms
//   mock-sse         60 events at once                      mock-paced-5    60 events, one every 5 ms
// Paths that contain `chat/completions` get the OpenAI shape, all others the Anthropic one. Bodies are discarded as they come.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 60, MOST_FDS = 65536, HEAD_BYTES = 65536, SNIFF_BYTES = 1024, TAIL_BYTES = 7 };
enum mode { JSON, SSE, DELAYED, PACED };

struct connection {
  int fd;
  unsigned generation;           // tells a timer of this connection from one of an earlier connection with the same fd
  char head[HEAD_BYTES];         // request head, then the first bytes of the body
  int head_length, head_end;     // head_end is 0 until the head is whole
  long body_left;                // -1: chunked
  char tail[TAIL_BYTES];         // last bytes of a chunked body
  int openai, step;
  enum mode mode;
  uint64_t interval;
  char *pending;                 // what the socket did not take
  size_t pending_length;
};
struct timer { uint64_t at; int fd; unsigned generation; };

static struct connection *connections[MOST_FDS];
static unsigned generations[MOST_FDS];
static struct timer *heap;
static int heap_length, heap_capacity, epoll;
static char json[2][4096], stream_head[2048], event[2][EVENTS][1024];
static int json_length[2], stream_head_length, event_length[2][EVENTS];

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}

// ---- timers: a binary heap, soonest first

static void add_timer(struct timer timer) {
  if (heap_length == heap_capacity) heap = realloc(heap, sizeof *heap * (heap_capacity = heap_capacity * 2 + 1024));
  int i = heap_length++;
  for (; i > 0 && heap[(i - 1) / 2].at > timer.at; i = (i - 1) / 2) heap[i] = heap[(i - 1) / 2];
  heap[i] = timer;
}

static struct timer take_timer(void) {
  struct timer first = heap[0], last = heap[--heap_length];
  int i = 0;
  for (int child; (child = 2 * i + 1) < heap_length; i = child) {
    if (child + 1 < heap_length && heap[child + 1].at < heap[child].at) child++;
    if (heap[child].at >= last.at) break;
    heap[i] = heap[child];
  }
  heap[i] = last;
  return first;
}

// ---- answers, made once

static const char *provider_headers =
    "request-id: req_bench_0001\r\nanthropic-organization-id: 00000000-0000-4000-8000-000000000000\r\n"
    "anthropic-ratelimit-requests-limit: 4000\r\nanthropic-ratelimit-requests-remaining: 3999\r\n"
    "anthropic-ratelimit-requests-reset: 2026-11-20T06:00:00Z\r\nanthropic-ratelimit-input-tokens-limit: 400000\r\n"
    "anthropic-ratelimit-input-tokens-remaining: 399000\r\nserver: mock\r\nx-edge: mock-edge-1\r\n"
    "date: Fri, 20 Nov 2026 06:00:00 GMT\r\nconnection: keep-alive\r\n";

static void make_json(int openai, const char *text) {
  char body[3072];
  int length = openai
      ? sprintf(body, "{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion\",\"created\":1760000000,\"model\":\"mock-json\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"%s\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":210,\"completion_tokens\":305,\"total_tokens\":515,\"prompt_tokens_details\":{\"cached_tokens\":64}}}", text)
      : sprintf(body, "{\"id\":\"msg_bench\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"mock-json\",\"content\":[{\"type\":\"text\",\"text\":\"%s\"}],\"stop_reason\":\"end_turn\",\"stop_sequence\":null,\"usage\":{\"input_tokens\":146,\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":64,\"output_tokens\":305,\"service_tier\":\"standard\"}}", text);
  json_length[openai] = sprintf(json[openai], "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n%scontent-length: %d\r\n\r\n%s", provider_headers, length, body);
}

static int write_event(char *text, int openai, int i) {
  if (openai) {
    const char *base = "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1760000000,\"model\":\"mock-sse\"";
    if (i == EVENTS - 1) return sprintf(text, "data: [DONE]\n\n");
    if (i == EVENTS - 2) return sprintf(text, "%s,\"choices\":[],\"usage\":{\"prompt_tokens\":210,\"completion_tokens\":57,\"total_tokens\":267}}\n\n", base);
    return sprintf(text, "%s,\"choices\":[{\"index\":0,\"delta\":{\"content\":\"piece %d of it\"},\"finish_reason\":null}]}\n\n", base, i);
  }
  if (i == 0) return sprintf(text, "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_bench\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"mock-sse\",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{\"input_tokens\":146,\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":64,\"output_tokens\":1}}}\n\n");
  if (i == 1) return sprintf(text, "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n");
  if (i == EVENTS - 3) return sprintf(text, "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n");
  if (i == EVENTS - 2) return sprintf(text, "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":57}}\n\n");
  if (i == EVENTS - 1) return sprintf(text, "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
  return sprintf(text, "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"piece %d of \\\"it\\\"\"}}\n\n", i);
}

static void make_answers(void) {
  char text[1400];
  for (int n = 0, i = 0; n < 1200; i++) n += sprintf(text + n, "Sentence %d of an \\\"answer\\\" that says little. ", i);
  for (int openai = 0; openai < 2; openai++) {
    make_json(openai, text);
    for (int i = 0; i < EVENTS; i++) {
      char data[900];
      int length = write_event(data, openai, i);
      event_length[openai][i] = sprintf(event[openai][i], "%x\r\n%s\r\n%s", length, data, i == EVENTS - 1 ? "0\r\n\r\n" : "");
    }
  }
  stream_head_length = sprintf(stream_head, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n%stransfer-encoding: chunked\r\n\r\n", provider_headers);
}

// ---- connections

static void watch(struct connection *c, uint32_t events) {
  struct epoll_event watched = {.events = events, .data.fd = c->fd};
  epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &watched);
}

static void drop(struct connection *c) {
  connections[c->fd] = NULL;
  generations[c->fd]++;
  close(c->fd);
  free(c->pending);
  free(c);
}

// A slow reader gets the rest later; the order of its bytes is kept.
static void send_bytes(struct connection *c, const char *bytes, size_t length) {
  ssize_t sent = c->pending_length > 0 ? 0 : send(c->fd, bytes, length, MSG_NOSIGNAL);
  if (sent < 0) sent = 0;
  if ((size_t)sent == length) return;
  c->pending = realloc(c->pending, c->pending_length + length - sent);
  memcpy(c->pending + c->pending_length, bytes + sent, length - sent);
  c->pending_length += length - sent;
  watch(c, EPOLLIN | EPOLLOUT);
}

static void send_pending(struct connection *c) {
  ssize_t sent = send(c->fd, c->pending, c->pending_length, MSG_NOSIGNAL);
  if (sent <= 0) return;
  memmove(c->pending, c->pending + sent, c->pending_length -= sent);
  if (c->pending_length == 0) watch(c, EPOLLIN);
}

static void send_event(struct connection *c) {
  send_bytes(c, event[c->openai][c->step], event_length[c->openai][c->step]);
  c->step++;
}

static void later(struct connection *c, uint64_t at) { add_timer((struct timer){at, c->fd, c->generation}); }

static void answer(struct connection *c) {
  c->step = 0;
  c->head_length = c->head_end = 0;
  memset(c->tail, 0, TAIL_BYTES);
  if (c->mode == JSON) return send_bytes(c, json[c->openai], json_length[c->openai]);
  if (c->mode == DELAYED) return later(c, now() + c->interval);
  send_bytes(c, stream_head, stream_head_length);
  if (c->mode == PACED) return later(c, now() + c->interval);
  while (c->step < EVENTS) send_event(c);
}

static void ring(struct timer timer) {
  struct connection *c = connections[timer.fd];
  if (c == NULL || c->generation != timer.generation) return;
  if (c->mode == DELAYED) return send_bytes(c, json[c->openai], json_length[c->openai]);
  send_event(c);
  if (c->step < EVENTS) later(c, timer.at + c->interval);
}

static void read_mode(struct connection *c) {
  const char *model = memmem(c->head + c->head_end, c->head_length - c->head_end, "mock-", 5);
  char word[24] = "json";
  if (model != NULL) sscanf(model + 5, "%23[a-z0-9-]", word);
  int milliseconds = 0;
  c->mode = !strncmp(word, "sse", 3) ? SSE : sscanf(word, "delay-%d", &milliseconds) == 1 ? DELAYED : sscanf(word, "paced-%d", &milliseconds) == 1 ? PACED : JSON;
  c->interval = milliseconds * 1000000ull;
  c->openai = memmem(c->head, 128, "chat/completions", 16) != NULL;
}

static void read_head(struct connection *c) {
  char *end = memmem(c->head, c->head_length, "\r\n\r\n", 4);
  if (end == NULL) return;
  c->head_end = end - c->head + 4;
  *end = 0;
  const char *length = strcasestr(c->head, "\ncontent-length:");
  c->body_left = length != NULL ? atol(length + 16) : strcasestr(c->head, "\ntransfer-encoding:") != NULL ? -1 : 0;
  *end = '\r';
}

// What a body is about stands in its first bytes; the rest is only counted. True when the request is whole.
static int take_body(struct connection *c, const char *bytes, long length) {
  if (c->body_left >= 0) return (c->body_left -= length) <= 0;
  long keep = length < TAIL_BYTES ? length : TAIL_BYTES;
  memmove(c->tail, c->tail + keep, TAIL_BYTES - keep);
  memcpy(c->tail + TAIL_BYTES - keep, bytes + length - keep, keep);
  return !memcmp(c->tail, "\r\n0\r\n\r\n", TAIL_BYTES);
}

static void receive(struct connection *c) {
  static char bytes[262144];
  ssize_t length = recv(c->fd, bytes, sizeof bytes, 0);
  if (length < 0 && errno == EAGAIN) return;
  if (length <= 0) return drop(c);
  int sniffed = c->head_end > 0 && c->head_length - c->head_end >= SNIFF_BYTES;
  long keep = sniffed ? 0 : length < HEAD_BYTES - c->head_length ? length : HEAD_BYTES - c->head_length;
  memcpy(c->head + c->head_length, bytes, keep);
  int before = c->head_length, had_head = c->head_end > 0;
  c->head_length += keep;
  if (!had_head) read_head(c);
  if (c->head_end == 0) return;
  long skip = had_head ? 0 : c->head_end - before;
  if (!take_body(c, bytes + skip, length - skip)) return;
  read_mode(c);
  answer(c);
}

static void accept_all(int listener) {
  for (int fd, one = 1; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
    if (fd >= MOST_FDS) { close(fd); continue; }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct connection *c = calloc(1, sizeof *c);
    c->fd = fd;
    c->generation = generations[fd];
    connections[fd] = c;
    struct epoll_event watched = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &watched);
  }
}

int main(int count, char **arguments) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(count > 1 ? atoi(arguments[1]) : 0), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (void *)&address, sizeof address) < 0 || listen(listener, 4096) < 0) return perror("mock"), 1;
  getsockname(listener, (void *)&address, &size);
  make_answers();
  epoll = epoll_create1(0);
  struct epoll_event watched = {.events = EPOLLIN, .data.fd = listener}, ready[256];
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &watched);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    uint64_t at = now(), wait = heap_length == 0 ? 1000000000ull : heap[0].at > at ? heap[0].at - at : 0;
    struct timespec timeout = {wait / 1000000000, wait % 1000000000};
    int n = epoll_pwait2(epoll, ready, 256, &timeout, NULL);
    for (int i = 0; i < n; i++) {
      if (ready[i].data.fd == listener) { accept_all(listener); continue; }
      struct connection *c = connections[ready[i].data.fd];
      if (c == NULL) continue;
      if (ready[i].events & EPOLLOUT) send_pending(c);
      if (ready[i].events & ~EPOLLOUT) receive(c);
    }
    for (at = now(); heap_length > 0 && heap[0].at <= at;) ring(take_timer());
  }
}
