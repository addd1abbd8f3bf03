// A load generator that costs next to nothing: one thread, epoll, loopback only.
// usage: load port=N request=FILE connections=N seconds=S [rate=R] [spread=S] [keys=FILE]
//
// rate=0 keeps every connection busy (closed loop), the first requests spread over some seconds. With a rate, requests start on schedule and latency counts from the
// scheduled instant, so a slow server cannot hide its queue. `keys`: lines of equal length; the first one stands in the
// request and is replaced by the next key each time. One line of JSON when done; times in microseconds.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_SAMPLES = 40000000, MOST_BACKLOG = 1 << 22, HEAD_BYTES = 16384 };
static const uint64_t grace = 20000000000ull; // for what is under way when the time is up

struct connection {
  int fd, busy, status, head_length, head_done, chunked, chunk_state, last_byte;
  uint64_t started, first_byte;
  long left;             // of the body, or of the chunk
  long sent;             // of the request
  char head[HEAD_BYTES];
};

static struct connection *connections;
static int connection_count, epoll, port, free_count, *free_list;
static char *request, *keys, *key_slot;
static long request_length, key_length, key_count, next_key;
static uint32_t *latency, *first_byte;
static long completed, in_time, refused, broken, events, in_flight;
static uint64_t bytes_read;
static char refused_with[64];

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static char *read_file(const char *path, long *length) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) perror(path), exit(1);
  fseek(file, 0, SEEK_END);
  *length = ftell(file);
  rewind(file);
  char *bytes = calloc(1, *length + 1);
  if (fread(bytes, 1, *length, file) != (size_t)*length) perror(path), exit(1);
  fclose(file);
  return bytes;
}

static void watch(struct connection *c, int operation, uint32_t wanted) {
  struct epoll_event event = {.events = wanted, .data.u32 = c - connections};
  epoll_ctl(epoll, operation, c->fd, &event);
}

static void open_connection(struct connection *c) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int one = 1;
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(c->fd, (void *)&address, sizeof address) < 0) perror("connect"), exit(1);
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  watch(c, EPOLL_CTL_ADD, EPOLLIN);
}

// Returns without waiting when the socket is full; EPOLLOUT then brings it back.
static void send_request(struct connection *c) {
  long length = send(c->fd, request + c->sent, request_length - c->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (length > 0) c->sent += length;
  watch(c, EPOLL_CTL_MOD, c->sent < request_length ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static void start(struct connection *c, uint64_t at) {
  int fd = c->fd;
  memset(c, 0, offsetof(struct connection, head));
  c->fd = fd;
  c->busy = 1;
  c->started = at;
  in_flight++;
  if (key_count > 0) memcpy(key_slot, keys + (next_key++ % key_count) * (key_length + 1), key_length);
  long length = send(fd, request, request_length, MSG_DONTWAIT | MSG_NOSIGNAL);
  c->sent = length > 0 ? length : 0;
  if (c->sent < request_length) watch(c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
}

static void count_events(struct connection *c, const char *bytes, long length) {
  bytes_read += length;
  for (const char *p = bytes, *end = bytes + length; p < end && (p = memchr(p, '\n', end - p)) != NULL; p++)
    if (p == bytes ? c->last_byte == '\n' : p[-1] == '\n') events++;
  if (length > 0) c->last_byte = bytes[length - 1];
}

static int hex(char digit) { return digit >= 'a' ? digit - 'a' + 10 : digit >= 'A' ? digit - 'A' + 10 : digit - '0'; }

// size line (0), data (1), line end after data (2), last line end (3). True when the body is whole.
static int read_chunks(struct connection *c, const char *p, long length) {
  while (length > 0) {
    if (c->chunk_state == 1) {
      long take = length < c->left ? length : c->left;
      count_events(c, p, take);
      p += take, length -= take;
      if ((c->left -= take) == 0) c->chunk_state = 2;
      continue;
    }
    char byte = *p++;
    length--;
    if (byte == '\n') {
      if (c->chunk_state == 3) return 1;
      if (c->chunk_state == 2) c->chunk_state = 0, c->left = 0;
      else c->chunk_state = c->left == 0 ? 3 : 1;
    } else if (byte != '\r' && c->chunk_state == 0) c->left = c->left * 16 + hex(byte);
  }
  return 0;
}

// Returns how much of the bytes belongs to the head.
static long read_head(struct connection *c, const char *bytes, long length) {
  int before = c->head_length;
  long keep = length < HEAD_BYTES - 1 - before ? length : HEAD_BYTES - 1 - before;
  memcpy(c->head + before, bytes, keep);
  c->head_length += keep;
  char *end = memmem(c->head, c->head_length, "\r\n\r\n", 4);
  if (end == NULL) return length;
  *end = 0;
  c->head_done = 1;
  c->status = atoi(c->head + 9);
  const char *size = strcasestr(c->head, "\ncontent-length:");
  c->left = size != NULL ? atol(size + 16) : 0;
  c->chunked = size == NULL && strcasestr(c->head, "\ntransfer-encoding:") != NULL;
  if (c->chunked) c->left = 0;
  return end - c->head + 4 - before;
}

// True when the answer is whole.
static int read_answer(struct connection *c, const char *bytes, long length) {
  if (!c->head_done) {
    long used = read_head(c, bytes, length);
    if (!c->head_done) return 0;
    bytes += used, length -= used;
  }
  if (c->chunked) return read_chunks(c, bytes, length);
  count_events(c, bytes, length);
  return (c->left -= length) <= 0;
}

static void finish(struct connection *c, uint64_t at) {
  in_flight--;
  c->busy = 0;
  if (c->status < 200 || c->status > 299) {
    const char *code = strcasestr(c->head, "\nvendo-error-code:");
    char word[40] = "";
    if (code != NULL) sscanf(code + 18, " %39[a-z_]", word);
    if (refused++ == 0) snprintf(refused_with, sizeof refused_with, "%d %s", c->status, word);
  }
  else if (completed < MOST_SAMPLES) {
    latency[completed] = (at - c->started) / 1000;
    first_byte[completed++] = (c->first_byte - c->started) / 1000;
  }
}

static void reopen(struct connection *c) {
  if (c->busy) broken++, in_flight--, c->busy = 0;
  close(c->fd);
  open_connection(c);
}

static int compare(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

static uint32_t quantile(const uint32_t *sorted, double share) {
  return completed == 0 ? 0 : sorted[(long)(share * (completed - 1) + 0.5)];
}

static void report(double seconds, uint64_t took) {
  qsort(latency, completed, sizeof *latency, compare);
  qsort(first_byte, completed, sizeof *first_byte, compare);
  printf("{\"completed\":%ld,\"seconds\":%.6f,\"perSecond\":%.1f,\"p50\":%u,\"p90\":%u,\"p99\":%u,\"most\":%u,\"firstByteP50\":%u,\"firstByteP99\":%u,\"events\":%ld,\"refused\":%ld,\"refusedWith\":\"%s\",\"broken\":%ld,\"unfinished\":%ld,\"bytes\":%lu}\n",
         completed, took / 1e9, in_time / seconds, quantile(latency, 0.5), quantile(latency, 0.9), quantile(latency, 0.99), quantile(latency, 1),
         quantile(first_byte, 0.5), quantile(first_byte, 0.99), events, refused, refused_with, broken, in_flight, bytes_read);
}

static void run(double rate, double seconds, double spread) {
  static char bytes[262144];
  static struct epoll_event ready[512];
  uint64_t began = now(), end = began + (uint64_t)(seconds * 1e9), at = began;
  uint64_t *backlog = malloc(sizeof *backlog * MOST_BACKLOG);
  long backlog_first = 0, backlog_last = 0;
  double next = began;
  double first = began, first_step = spread * 1e9 / connection_count;
  int waiting = rate <= 0 ? connection_count : 0; // for their first request
  while ((at = now()) < end || (in_flight > 0 && at < end + grace)) {
    for (; rate > 0 && next <= at && next < end && backlog_last - backlog_first < MOST_BACKLOG; next += 1e9 / rate) backlog[backlog_last++ % MOST_BACKLOG] = next;
    while (backlog_first < backlog_last && free_count > 0) start(&connections[free_list[--free_count]], backlog[backlog_first++ % MOST_BACKLOG]);
    for (; waiting > 0 && first <= at && at < end; waiting--, first += first_step) start(&connections[free_list[--free_count]], at);
    uint64_t wake = waiting > 0 && at < end ? (uint64_t)first : rate > 0 && next < end ? (uint64_t)next : at < end ? end : at + 100000000;
    uint64_t wait = wake > at ? wake - at : 0;
    struct timespec timeout = {wait / 1000000000, wait % 1000000000};
    int n = epoll_pwait2(epoll, ready, 512, &timeout, NULL);
    for (int i = 0; i < n; i++) {
      struct connection *c = &connections[ready[i].data.u32];
      if (ready[i].events & EPOLLOUT) send_request(c);
      if (!(ready[i].events & ~EPOLLOUT)) continue;
      long length = recv(c->fd, bytes, sizeof bytes, MSG_DONTWAIT);
      if (length < 0 && errno == EAGAIN) continue;
      uint64_t read_at = now();
      int was_busy = c->busy;
      if (length <= 0) reopen(c);
      else if (!was_busy) continue;
      else {
        if (c->first_byte == 0) c->first_byte = read_at;
        if (!read_answer(c, bytes, length)) continue;
        finish(c, read_at);
        in_time += read_at <= end || rate > 0;
      }
      if (!was_busy) continue;
      if (rate <= 0 && read_at < end) start(c, read_at);
      else free_list[free_count++] = c - connections;
    }
  }
  report(seconds, now() - began);
}

int main(int count, char **arguments) {
  double rate = 0, seconds = 1, spread = 0;
  for (int i = 1; i < count; i++) {
    char *value = strchr(arguments[i], '=');
    if (value == NULL) return fprintf(stderr, "load: what is %s?\n", arguments[i]), 2;
    *value++ = 0;
    if (!strcmp(arguments[i], "port")) port = atoi(value);
    else if (!strcmp(arguments[i], "connections")) connection_count = atoi(value);
    else if (!strcmp(arguments[i], "rate")) rate = atof(value);
    else if (!strcmp(arguments[i], "seconds")) seconds = atof(value);
    else if (!strcmp(arguments[i], "spread")) spread = atof(value);
    else if (!strcmp(arguments[i], "request")) request = read_file(value, &request_length);
    else if (!strcmp(arguments[i], "keys")) keys = read_file(value, &key_count);
  }
  if (request == NULL || connection_count < 1) return fprintf(stderr, "load: needs port, request and connections\n"), 2;
  if (keys != NULL) {
    key_length = strchr(keys, '\n') - keys;
    key_count /= key_length + 1;
    key_slot = memmem(request, request_length, keys, key_length);
    if (key_slot == NULL) return fprintf(stderr, "load: the first key is not in the request\n"), 2;
  }
  connections = calloc(connection_count, sizeof *connections);
  free_list = malloc(sizeof *free_list * connection_count);
  latency = malloc(sizeof *latency * MOST_SAMPLES);
  first_byte = malloc(sizeof *first_byte * MOST_SAMPLES);
  epoll = epoll_create1(0);
  for (int i = connection_count - 1; i >= 0; i--) open_connection(&connections[i]), free_list[free_count++] = i;
  run(rate, seconds, spread);
  return 0;
}
