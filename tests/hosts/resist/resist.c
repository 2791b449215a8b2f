// resist WAY - a program that resists an ending, in one of the ways below. Static, so that it runs
// on every host.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void deaf(void) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
}

static void stay(void) {
    for (;;) pause();
}

static void *stay_thread(void *unused) {
    (void)unused;
    stay();
    return NULL;
}

static void write_file(const char *path, const char *text) {
    int fd = open(path, O_WRONLY);
    if (fd < 0 || write(fd, text, strlen(text)) < 0) {
        perror(path);
        exit(1);
    }
    close(fd);
}

static void daemonize(void) {
    if (fork() > 0) _exit(0);
    setsid();
    if (fork() > 0) _exit(0);
}

static void bomb(void) {
    struct rlimit most = {200, 200};
    setrlimit(RLIMIT_NPROC, &most);
    for (;;) {
        fork();
        usleep(200000);
    }
}

static void hop(void) {
    for (;;) {
        if (fork() > 0) _exit(0);
        usleep(5000);
    }
}

static void thread_without_leader(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, stay_thread, NULL);
    syscall(SYS_exit, 0);
}

static void traced(void) {
    pid_t child = fork();
    if (child == 0) stay();
    ptrace(PTRACE_SEIZE, child, 0, 0);
    ptrace(PTRACE_INTERRUPT, child, 0, 0);
    stay();
}

static void in_user_namespace(int more) {
    if (unshare(CLONE_NEWUSER | more) != 0) exit(1);
    if (more != 0 && fork() > 0) stay();
    stay();
}

// Waits for a map with subordinate UIDs, and takes one of them.
static void subordinate(void) {
    if (unshare(CLONE_NEWUSER) != 0) exit(1);
    while (setresuid(0, 0, 0) != 0) usleep(10000);
    stay();
}

static void respawn(int signal) {
    (void)signal;
    if (fork() == 0) setsid();
}

static void respawning(void) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int each = 1; each < 32; each++) signal(each, respawn);
    stay();
}

static void own_cgroup(char *path, size_t size) {
    char line[512] = "";
    FILE *file = fopen("/proc/self/cgroup", "r");
    while (file && strncmp(line, "0::", 3) != 0)
        if (!fgets(line, sizeof line, file)) exit(1);
    if (!file) exit(1);
    fclose(file);
    line[strcspn(line, "\n")] = 0;
    snprintf(path, size, "/sys/fs/cgroup%s", strchr(line, '/'));
}

// Moves into a cgroup below the delegated one, and freezes it.
static void delegated(const char *file, const char *text) {
    char path[600], below[700], name[800];
    own_cgroup(path, sizeof path);
    snprintf(below, sizeof below, "%s/below", path);
    mkdir(below, 0755);
    snprintf(name, sizeof name, "%s/cgroup.procs", below);
    write_file(name, "0");
    snprintf(name, sizeof name, "%s/%s", below, file);
    write_file(name, text);
    stay();
}

static void threaded(void) {
    char path[600], below[700], name[800];
    pthread_t thread;
    own_cgroup(path, sizeof path);
    snprintf(below, sizeof below, "%s/below", path);
    mkdir(below, 0755);
    snprintf(name, sizeof name, "%s/cgroup.type", below);
    write_file(name, "threaded");
    pthread_create(&thread, NULL, stay_thread, NULL);
    snprintf(name, sizeof name, "%s/cgroup.threads", below);
    write_file(name, "0");
    stay();
}

int main(int argc, char **argv) {
    const char *way = argc > 1 ? argv[1] : "";
    deaf();
    if (argc > 2 && strcmp(argv[2], "daemon") == 0) daemonize();
    if (strcmp(way, "deaf") == 0) stay();
    if (strcmp(way, "bomb") == 0) bomb();
    if (strcmp(way, "hop") == 0) hop();
    if (strncmp(way, "many", 4) == 0) {
        const int count = way[4] ? atoi(way + 4) : 300;
        for (int i = 0; i < count; i++)
            if (fork() == 0) stay();
        stay();
    }
    if (strcmp(way, "thread") == 0) thread_without_leader();
    if (strcmp(way, "title") == 0) {
        prctl(PR_SET_NAME, "State:\tZ");
        stay();
    }
    if (strcmp(way, "stopped") == 0) {
        raise(SIGSTOP);
        stay();
    }
    if (strcmp(way, "traced") == 0) traced();
    if (strcmp(way, "vfork") == 0) {
        if (vfork() == 0) stay();
    }
    if (strcmp(way, "userns") == 0) in_user_namespace(0);
    if (strcmp(way, "pidns") == 0) in_user_namespace(CLONE_NEWPID);
    if (strcmp(way, "subuid") == 0) subordinate();
    if (strcmp(way, "respawn") == 0) respawning();
    if (strcmp(way, "stopper") == 0)
        for (;;) {
            kill(-1, SIGSTOP);
            usleep(100);
        }
    if (strcmp(way, "frozen") == 0) delegated("cgroup.freeze", "1");
    if (strcmp(way, "threaded") == 0) threaded();
    if (strcmp(way, "dies") == 0) return 0;
    fprintf(stderr, "resist: no way %s\n", way);
    return 2;
}
