// SPDX-License-Identifier: Apache-2.0
/*
 * syscfg many times over: a request on standard input is a number of bytes and that many bytes of words, each ended by
 * a zero: a file for its output, one for its errors, then syscfg's own command line. Each runs in a child of its own,
 * so it may die; the answer on standard output is its status, or minus the signal that ended it. A fork of
 * what is loaded already costs a tenth of a start.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_BYTES = 1 << 16, MOST_WORDS = 256, MOST_SECONDS = 20, NOT_STARTED = 127 };

int syscfg_main(int argc, char **argv);

static bool read_whole(void *data, size_t bytes)
{
    for (size_t done = 0; done < bytes;) {
        ssize_t got = read(STDIN_FILENO, (char *)data + done, bytes - done);

        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

static bool redirect(int stream, const char *path, int flags)
{
    int file = open(path, flags, 0666);

    return file >= 0 && dup2(file, stream) == stream && close(file) == 0;
}

static void child(int argc, char **argv)
{
    if (argc < 3 || !redirect(STDIN_FILENO, "/dev/null", O_RDONLY) ||
        !redirect(STDOUT_FILENO, argv[0], O_WRONLY | O_CREAT | O_TRUNC) ||
        !redirect(STDERR_FILENO, argv[1], O_WRONLY | O_CREAT | O_TRUNC))
        _exit(NOT_STARTED);
    alarm(MOST_SECONDS);
    exit(syscfg_main(argc - 2, argv + 2));
}

static int32_t run(char *bytes, size_t nr_bytes)
{
    char *words[MOST_WORDS + 1] = {0};
    int nr = 0, status = 0;
    pid_t pid;

    for (char *at = bytes; at < bytes + nr_bytes && nr < MOST_WORDS; at += strlen(at) + 1)
        words[nr++] = at;
    pid = fork();
    if (pid == 0)
        child(nr, words);
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return NOT_STARTED;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

int main(void)
{
    static char bytes[MOST_BYTES + 1];
    uint32_t nr_bytes;

    while (read_whole(&nr_bytes, sizeof(nr_bytes))) {
        int32_t status;

        if (nr_bytes > MOST_BYTES || !read_whole(bytes, nr_bytes))
            return 2;
        bytes[nr_bytes] = '\0';
        status = run(bytes, nr_bytes);
        if (write(STDOUT_FILENO, &status, sizeof(status)) != sizeof(status))
            return 1;
    }
    return 0;
}
