// silence CGROUP COMMAND... - milliseconds from the start of the command until the cgroup is empty.
//
// Polls a descriptor opened before, so that it sees the end even if the command still runs.
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_msec(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
    char path[512], text[256];
    int status = 0;
    if (argc < 3) return 2;
    snprintf(path, sizeof path, "%s/cgroup.events", argv[1]);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return perror(path), 1;
    const double begun = now_msec();
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    for (;;) {
        ssize_t size = pread(fd, text, sizeof text - 1, 0);
        text[size > 0 ? size : 0] = 0;
        if (size <= 0 || strstr(text, "populated 0")) break;
        struct pollfd event = {fd, POLLPRI, 0};
        if (poll(&event, 1, 120000) == 0) return fprintf(stderr, "silence: still populated\n"), 1;
    }
    printf("%.2f\n", now_msec() - begun);
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
