// hang DIRECTORY - a file system that never replies. Its callers cannot be killed until it ends.
// Static and without libfuse, so that it runs on every host.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static char request[1 << 17];

int main(int argc, char **argv) {
    char options[128];
    int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    if (argc < 2 || fd < 0) return perror("/dev/fuse"), 1;
    snprintf(options, sizeof options, "fd=%d,rootmode=40755,user_id=0,group_id=0,allow_other", fd);
    if (mount("hang", argv[1], "fuse", MS_NOSUID | MS_NODEV, options) != 0)
        return perror(argv[1]), 1;
    for (;;) {
        const struct fuse_in_header *in = (const void *)request;
        if (read(fd, request, sizeof request) < (ssize_t)sizeof *in) return 0;
        if (in->opcode != FUSE_INIT) continue;
        struct {
            struct fuse_out_header header;
            struct fuse_init_out init;
        } out = {.header = {.len = sizeof out, .unique = in->unique},
                 .init = {.major = FUSE_KERNEL_VERSION, .minor = 31}};
        if (write(fd, &out, sizeof out) < 0) return perror("init"), 1;
    }
}
