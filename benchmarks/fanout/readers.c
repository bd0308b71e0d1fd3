/* Many readers of Server-Sent Events in one process, and one publisher: how long from the post to each reader.

   usage: readers N PORT PROCESSES PUBLISH_PATH EVENTS_A_SECOND SECONDS BYTES PATH [PATH_OF_EVERY_TENTH]

   Connects N readers to 127.0.0.1:PORT, and as many in turn to the ports after it where the server has further
   PROCESSES; writes "ready" once each has got the head of its answer. After a line on standard input it posts events of
   BYTES to each process, the moment of sending in each as "at <nanoseconds>", and writes one line of JSON: events
   posted and delivered, and milliseconds from the post until the moment was read, at the median, the 99th per cent and
   the latest. The first second and a half counts as warming up.

   One epoll loop reads for all; a moment that is cut by the end of a read is put together with the next one. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MARK "\"at "
#define MARK_LENGTH 4
#define DIGITS 19 /* of a moment, in nanoseconds since the machine started, with zeros in front */
#define WARM_S 1.5
#define GRACE_S 5.0         /* how long deliveries are waited for after the last post */
#define PER_ADDRESS 5000    /* readers from one local address: it has some 28,000 ports */
#define PROCESSES_MAX 64

struct reader {
    int fd;
    int kept;                          /* bytes of `tail` */
    char tail[MARK_LENGTH + DIGITS];   /* the end of the last read, which may hold the beginning of a moment */
    int answered;
};

static int first_port, processes, size;
static const char *publish_path;
static double rate;
static uint64_t warm;                /* what is sent from then on counts */
static atomic_int ending, ended;
static atomic_long posted, counted, failed;

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int dial(int port, int from)
{
    int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in here = {.sin_family = AF_INET}, there = {.sin_family = AF_INET, .sin_port = htons(port)};
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK + from);
    there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (bind(fd, (void *)&here, sizeof here) || connect(fd, (void *)&there, sizeof there)) {
        perror("connect");
        exit(1);
    }
    return fd;
}

static void *publish(void *unused)
{
    char *request = malloc(size + 1000), answer[4096];
    int fd[PROCESSES_MAX];
    for (int i = 0; i < processes; i++)
        fd[i] = dial(first_port + i, 0);
    uint64_t next = now();
    (void)unused;
    while (!ending) {
        uint64_t at = now();
        if (at < next) {
            struct timespec pause = {(next - at) / 1000000000u, (next - at) % 1000000000u};
            nanosleep(&pause, 0);
        }
        if (ending)
            break;
        next += (uint64_t)(1e9 / rate);
        int head = sprintf(request, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
                                    "Content-Length: %d\r\n\r\n", publish_path, size);
        memset(request + head, 'x', size);
        uint64_t moment = now();
        int mark = sprintf(request + head, MARK "%019llu", (unsigned long long)moment);
        request[head + mark] = ' ';
        request[head + size - 1] = '"';
        int taken = 1;
        for (int i = 0; i < processes; i++)
            taken &= send(fd[i], request, head + size, MSG_NOSIGNAL) > 0;
        for (int i = 0; i < processes; i++)
            taken &= recv(fd[i], answer, sizeof answer, 0) >= 12 && answer[9] == '2';
        if (!taken) {
            failed++;
            continue;
        }
        posted++;
        if (moment >= warm)
            counted++;
    }
    for (int i = 0; i < processes; i++)
        close(fd[i]);
    free(request);
    ended = 1;
    return 0;
}

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

int main(int count, char **word)
{
    if (count < 9) {
        fprintf(stderr, "usage: see the head of readers.c\n");
        return 2;
    }
    int readers = atoi(word[1]);
    first_port = atoi(word[2]);
    processes = atoi(word[3]);
    if (processes < 1 || processes > PROCESSES_MAX) {
        fprintf(stderr, "from 1 to %d processes\n", PROCESSES_MAX);
        return 2;
    }
    publish_path = word[4];
    rate = atof(word[5]);
    double seconds = atof(word[6]);
    size = atoi(word[7]);
    struct reader *all = calloc(readers, sizeof *all);
    size_t room = (size_t)(readers * rate * (seconds + 10) * 2) + 1000, found = 0;
    uint32_t *late = malloc(room * sizeof *late); /* microseconds */
    int loop = epoll_create1(0), answered = 0;
    struct epoll_event events[512];
    static char buffer[MARK_LENGTH + DIGITS + (1 << 18)];

    for (int i = 0; i < readers; i++) {
        char request[600];
        const char *path = count > 9 && i % 10 == 9 ? word[9] : word[8];
        int length = sprintf(request, "GET %s HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n", path);
        /* By tens: each process has its part of those with a filter. */
        all[i].fd = dial(first_port + i / 10 % processes, 1 + i / PER_ADDRESS);
        if (send(all[i].fd, request, length, MSG_NOSIGNAL) != length)
            perror("send");
        fcntl(all[i].fd, F_SETFL, O_NONBLOCK);
        struct epoll_event interest = {EPOLLIN | EPOLLET, {.u32 = i}};
        epoll_ctl(loop, EPOLL_CTL_ADD, all[i].fd, &interest);
        if (i % 50 == 49)
            usleep(2000);
    }
    pthread_t publisher;
    uint64_t begun = 0, end = 0, closed = 0;
    long expected = -1;
    int publishing = 0;
    for (;;) {
        uint64_t at = now();
        if (!publishing && answered == readers) {
            printf("ready\n");
            fflush(stdout);
            if (!fgets(buffer, 100, stdin))
                return 1;
            begun = now();
            warm = begun + (uint64_t)(WARM_S * 1e9);
            end = begun + (uint64_t)((WARM_S + seconds) * 1e9);
            pthread_create(&publisher, 0, publish, 0);
            publishing = 1;
        }
        if (publishing && at > end)
            ending = 1;
        /* Not waited for: the last event is read meanwhile, like all others. */
        if (ended && expected < 0)
            expected = counted * readers;
        if (expected >= 0 && (found >= (size_t)expected || at > end + (uint64_t)(GRACE_S * 1e9)))
            break;
        int ready = epoll_wait(loop, events, 512, 50);
        for (int i = 0; i < ready; i++) {
            struct reader *one = &all[events[i].data.u32];
            ssize_t got;
            memcpy(buffer, one->tail, one->kept);
            while ((got = recv(one->fd, buffer + one->kept, 1 << 18, 0)) > 0) {
                uint64_t moment = now();
                if (!one->answered) {
                    if (memcmp(buffer + 9, "200", 3))
                        fprintf(stderr, "answered: %.60s\n", buffer);
                    one->answered = 1;
                    answered++;
                }
                size_t length = one->kept + got;
                char *from = buffer, *mark;
                while ((mark = memmem(from, buffer + length - from, MARK, MARK_LENGTH))) {
                    if (mark + MARK_LENGTH + DIGITS > buffer + length)
                        break;
                    uint64_t sent = strtoull(mark + MARK_LENGTH, &from, 10);
                    if (sent >= warm && begun && found < room)
                        late[found++] = (uint32_t)((moment - sent) / 1000);
                }
                one->kept = length - (from - buffer) < sizeof one->tail ? length - (from - buffer) : sizeof one->tail;
                memcpy(one->tail, buffer + length - one->kept, one->kept);
                memcpy(buffer, one->tail, one->kept);
            }
            if (got == 0) {
                closed++;
                close(one->fd);
            }
        }
    }
    qsort(late, found, sizeof *late, ascending);
    printf("{\"posted_in_all\": %ld, \"posted\": %ld, \"failed\": %ld, \"expected\": %ld, \"delivered\": %zu, \"closed\": %llu, "
           "\"p50_ms\": %.1f, \"p99_ms\": %.1f, \"max_ms\": %.1f}\n",
           (long)posted, (long)counted, (long)failed, expected, found,
           (unsigned long long)closed, found ? late[found / 2] / 1e3 : 0, found ? late[found * 99 / 100] / 1e3 : 0,
           found ? late[found - 1] / 1e3 : 0);
    return 0;
}
